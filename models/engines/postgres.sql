-- The vocabulary of the models, taught to PostgreSQL as SQL functions of the schema shoplake. NULL in, NULL out.
-- ${…} are settings of shoplake.yaml, filled in as literals. Bodies are single expressions, so that PostgreSQL writes them
-- into the statement; STABLE stands where the body reads text in a way that settings of the session could change.

-- Settings
CREATE OR REPLACE FUNCTION money_decimals() RETURNS bigint IMMUTABLE PARALLEL SAFE RETURN ${money_decimals};
CREATE OR REPLACE FUNCTION currency() RETURNS text IMMUTABLE PARALLEL SAFE RETURN ${currency};
CREATE OR REPLACE FUNCTION late_after_seconds() RETURNS bigint IMMUTABLE PARALLEL SAFE RETURN ${late_after_seconds};
CREATE OR REPLACE FUNCTION skew_tolerance_seconds() RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN ${skew_tolerance_seconds};
CREATE OR REPLACE FUNCTION funnel_window_seconds() RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN ${funnel_window_seconds};
CREATE OR REPLACE FUNCTION earliest_day() RETURNS date IMMUTABLE PARALLEL SAFE RETURN DATE ${earliest_day};

-- Money: an amount that does not fit minor units is NULL in them; nothing is ever rounded.
CREATE OR REPLACE FUNCTION fits_minor(amount numeric) RETURNS boolean IMMUTABLE PARALLEL SAFE
    RETURN (amount::numeric(18, 4) * 10000)::bigint % ${minor_divisor} = 0;
CREATE OR REPLACE FUNCTION to_minor(amount numeric) RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN (amount::numeric(18, 4) * 10000)::bigint % ${minor_divisor} = 0
                THEN (amount::numeric(18, 4) * 10000)::bigint / ${minor_divisor} END;

-- Text
CREATE OR REPLACE FUNCTION as_text(x text) RETURNS text IMMUTABLE PARALLEL SAFE RETURN x;
CREATE OR REPLACE FUNCTION as_text(x integer) RETURNS text IMMUTABLE PARALLEL SAFE RETURN x::text;
CREATE OR REPLACE FUNCTION as_text(x bigint) RETURNS text IMMUTABLE PARALLEL SAFE RETURN x::text;
CREATE OR REPLACE FUNCTION as_text(x numeric) RETURNS text IMMUTABLE PARALLEL SAFE RETURN x::text;
CREATE OR REPLACE FUNCTION as_text(x boolean) RETURNS text IMMUTABLE PARALLEL SAFE RETURN x::text;
CREATE OR REPLACE FUNCTION as_text(x date) RETURNS text STABLE PARALLEL SAFE RETURN x::text;
CREATE OR REPLACE FUNCTION as_text(x timestamp) RETURNS text STABLE PARALLEL SAFE RETURN x::text;
-- Texts come unescaped, numbers without zeros at their end, objects and lists without blanks.
CREATE OR REPLACE FUNCTION json_text(json text, key text) RETURNS text STABLE PARALLEL SAFE RETURN
    CASE WHEN json::json ->> key IS NULL THEN NULL
         WHEN json_typeof(json::json -> key) IN ('object', 'array')
         THEN regexp_replace(json::json ->> key, '("(?:[^"\\]|\\.)*")|\s+', '\1', 'g')
         WHEN json_typeof(json::json -> key) = 'number' AND json::json ->> key ~ '^-?[0-9]{1,15}\.[0-9]{1,15}$'
         THEN regexp_replace(trim_scale((json::json ->> key)::numeric)::text, '^([^.]*)$', '\1.0')
         ELSE json::json ->> key END;
-- Says that a value is missing because its text could not be read; empty where it is not so.
CREATE OR REPLACE FUNCTION unread(is_missing boolean, rescued text, name text) RETURNS text STABLE PARALLEL SAFE RETURN
    CASE WHEN is_missing
         THEN coalesce(name || ' ''' || json_text(rescued, name) || ''' could not be read; ', '') ELSE '' END;

-- Time: instants are UTC without a zone, days are dates of the reporting zone.
CREATE OR REPLACE FUNCTION as_utc(t text) RETURNS timestamp IMMUTABLE PARALLEL SAFE RETURN t::timestamp;
CREATE OR REPLACE FUNCTION as_day(t text) RETURNS date IMMUTABLE PARALLEL SAFE RETURN t::date;
CREATE OR REPLACE FUNCTION local_time(t timestamp) RETURNS timestamp IMMUTABLE PARALLEL SAFE
    RETURN t AT TIME ZONE 'UTC' AT TIME ZONE ${reporting_zone};
CREATE OR REPLACE FUNCTION business_day(t timestamp) RETURNS date IMMUTABLE PARALLEL SAFE
    RETURN (t AT TIME ZONE 'UTC' AT TIME ZONE ${reporting_zone})::date;
-- Midnight by the offset of the day before: the first, where the clock goes back over it.
CREATE OR REPLACE FUNCTION first_midnight(midnight timestamp) RETURNS timestamp IMMUTABLE PARALLEL SAFE
    RETURN midnight - (local_time(midnight - INTERVAL '1 day') - (midnight - INTERVAL '1 day'));
CREATE OR REPLACE FUNCTION day_start(d date) RETURNS timestamp IMMUTABLE PARALLEL SAFE RETURN
    CASE WHEN local_time(first_midnight(d::timestamp)) = d::timestamp THEN first_midnight(d::timestamp)
         ELSE d::timestamp AT TIME ZONE ${reporting_zone} AT TIME ZONE 'UTC' END;
CREATE OR REPLACE FUNCTION week_of(d date) RETURNS date IMMUTABLE PARALLEL SAFE
    RETURN date_trunc('week', d::timestamp)::date;
CREATE OR REPLACE FUNCTION month_of(d date) RETURNS date IMMUTABLE PARALLEL SAFE
    RETURN date_trunc('month', d::timestamp)::date;
CREATE OR REPLACE FUNCTION plus_days(d date, n bigint) RETURNS date IMMUTABLE PARALLEL SAFE RETURN d + n::integer;
CREATE OR REPLACE FUNCTION plus_months(d date, n bigint) RETURNS date IMMUTABLE PARALLEL SAFE
    RETURN (d + make_interval(months => n::integer))::date;
CREATE OR REPLACE FUNCTION plus_seconds(t timestamp, n bigint) RETURNS timestamp IMMUTABLE PARALLEL SAFE
    RETURN t + n * INTERVAL '1 second';
CREATE OR REPLACE FUNCTION days_between(a date, b date) RETURNS bigint IMMUTABLE PARALLEL SAFE RETURN (b - a)::bigint;
CREATE OR REPLACE FUNCTION months_diff(a date, b date) RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN ((extract(year FROM b) - extract(year FROM a)) * 12
        + extract(month FROM b) - extract(month FROM a))::bigint;
CREATE OR REPLACE FUNCTION micros_between(a timestamp, b timestamp) RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN (extract(epoch FROM b - a) * 1000000)::bigint;
CREATE OR REPLACE FUNCTION seconds_between(a timestamp, b timestamp) RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN trunc(extract(epoch FROM b - a))::bigint;

-- Arithmetic: integer division cuts towards zero, a zero denominator gives NULL.
CREATE OR REPLACE FUNCTION int_div(a integer, b integer) RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN a::bigint / nullif(b, 0);
CREATE OR REPLACE FUNCTION int_div(a bigint, b bigint) RETURNS bigint IMMUTABLE PARALLEL SAFE RETURN a / nullif(b, 0);
CREATE OR REPLACE FUNCTION int_div(a numeric, b numeric) RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN a::bigint / nullif(b::bigint, 0);
CREATE OR REPLACE FUNCTION ratio(a double precision, b double precision) RETURNS double precision
    IMMUTABLE PARALLEL SAFE RETURN a / nullif(b, 0);
-- Half away from zero.
CREATE OR REPLACE FUNCTION round_div(a numeric, b numeric) RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN (CASE WHEN (a < 0) = (b < 0) THEN div(2 * abs(a) + abs(b), nullif(2 * abs(b), 0))
                 ELSE -div(2 * abs(a) + abs(b), nullif(2 * abs(b), 0)) END)::bigint;
-- a * b / c and its remainder beyond 64 bits.
CREATE OR REPLACE FUNCTION mul_div(a numeric, b numeric, c numeric) RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN div(a * b, nullif(c, 0))::bigint;
CREATE OR REPLACE FUNCTION mul_mod(a numeric, b numeric, c numeric) RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN mod(a * b, nullif(c, 0))::bigint;
CREATE OR REPLACE FUNCTION hash_part(s text, k integer) RETURNS bigint IMMUTABLE PARALLEL SAFE
    RETURN ('x' || substr(md5(s), 8 * k + 1, 8))::bit(32)::bigint;
