-- The vocabulary of the models, taught to DuckDB once per connection. NULL in, NULL out.
-- ${…} are settings of shoplake.yaml, filled in as literals when the engine opens.

-- Settings
CREATE OR REPLACE MACRO money_decimals() AS ${money_decimals};
CREATE OR REPLACE MACRO currency() AS ${currency};
CREATE OR REPLACE MACRO late_after_seconds() AS ${late_after_seconds};
CREATE OR REPLACE MACRO skew_tolerance_seconds() AS ${skew_tolerance_seconds};
CREATE OR REPLACE MACRO funnel_window_seconds() AS ${funnel_window_seconds};
CREATE OR REPLACE MACRO earliest_day() AS cast(${earliest_day} AS date);

-- Money: an amount that does not fit minor units is NULL in them; nothing is ever rounded.
CREATE OR REPLACE MACRO ten_thousandths(amount) AS
    cast(trunc(cast(amount AS decimal(18, 4))) AS bigint) * 10000
    + cast((cast(amount AS decimal(18, 4)) - trunc(cast(amount AS decimal(18, 4)))) * 10000 AS bigint);
CREATE OR REPLACE MACRO fits_minor(amount) AS ten_thousandths(amount) % ${minor_divisor} = 0;
CREATE OR REPLACE MACRO to_minor(amount) AS
    CASE WHEN fits_minor(amount) THEN ten_thousandths(amount) // ${minor_divisor} END;

-- Text
CREATE OR REPLACE MACRO as_text(x) AS cast(x AS varchar);
CREATE OR REPLACE MACRO json_text(json, key) AS json_extract_string(json, '$."' || key || '"');
-- Says that a value is missing because its text could not be read; empty where it is not so.
CREATE OR REPLACE MACRO unread(is_missing, rescued, name) AS
    CASE WHEN is_missing THEN coalesce(name || ' ''' || json_text(rescued, name) || ''' could not be read; ', '')
         ELSE '' END;

-- Time: instants are UTC without a zone, days are dates of the reporting zone.
CREATE OR REPLACE MACRO as_utc(text) AS cast(text AS timestamp);
CREATE OR REPLACE MACRO as_day(text) AS cast(text AS date);
-- DuckDB takes half a microsecond for the zone of one instant, which a day's sums over events pay for each row; the zone's
-- transitions of the years that most rows are of, written out, take a fifteenth of that. They are those of the machine's zone
-- data, so that a country may change its clocks before DuckDB knows of it.
CREATE OR REPLACE MACRO local_time(t) AS
    CASE WHEN t >= ${offsets_from} AND t < ${offsets_to} THEN make_timestamp(epoch_us(t) + ${offset_micros_of_t})
         ELSE (t AT TIME ZONE 'UTC') AT TIME ZONE ${reporting_zone} END;
CREATE OR REPLACE MACRO business_day(t) AS cast(local_time(t) AS date);
-- Of other years by DuckDB's own zone data. Midnight by the offset of the day before: the first, where the clock goes back over it.
CREATE OR REPLACE MACRO zone_time(t) AS (t AT TIME ZONE 'UTC') AT TIME ZONE ${reporting_zone};
CREATE OR REPLACE MACRO first_midnight(midnight) AS
    midnight - (zone_time(midnight - INTERVAL 1 DAY) - (midnight - INTERVAL 1 DAY));
CREATE OR REPLACE MACRO day_start(d) AS
    CASE WHEN d >= ${first_day_of_offsets} AND d <= ${last_day_of_offsets}
         THEN make_timestamp(epoch_us(cast(d AS timestamp)) - ${offset_micros_of_d})
         WHEN zone_time(first_midnight(cast(d AS timestamp))) = cast(d AS timestamp) THEN first_midnight(cast(d AS timestamp))
         ELSE (cast(d AS timestamp) AT TIME ZONE ${reporting_zone}) AT TIME ZONE 'UTC' END;
CREATE OR REPLACE MACRO week_of(d) AS cast(date_trunc('week', d) AS date);
CREATE OR REPLACE MACRO month_of(d) AS cast(date_trunc('month', d) AS date);
CREATE OR REPLACE MACRO plus_days(d, n) AS d + cast(n AS integer);
CREATE OR REPLACE MACRO plus_months(d, n) AS cast(d + to_months(cast(n AS integer)) AS date);
CREATE OR REPLACE MACRO plus_seconds(t, n) AS t + to_seconds(n);
CREATE OR REPLACE MACRO days_between(a, b) AS date_diff('day', a, b);
CREATE OR REPLACE MACRO months_diff(a, b) AS
    (extract(year FROM b) - extract(year FROM a)) * 12 + extract(month FROM b) - extract(month FROM a);
CREATE OR REPLACE MACRO micros_between(a, b) AS epoch_us(b) - epoch_us(a);
CREATE OR REPLACE MACRO seconds_between(a, b) AS (epoch_us(b) - epoch_us(a)) // 1000000;

-- Arithmetic: integer division cuts towards zero, a zero denominator gives NULL.
CREATE OR REPLACE MACRO int_div(a, b) AS cast(a AS bigint) // nullif(cast(b AS bigint), 0);
CREATE OR REPLACE MACRO ratio(a, b) AS cast(a AS double) / nullif(cast(b AS double), 0);
-- Half away from zero.
CREATE OR REPLACE MACRO round_div(a, b) AS
    cast(CASE WHEN (cast(a AS hugeint) < 0) = (cast(b AS hugeint) < 0)
              THEN (2 * abs(cast(a AS hugeint)) + abs(cast(b AS hugeint))) // nullif(2 * abs(cast(b AS hugeint)), 0)
              ELSE -((2 * abs(cast(a AS hugeint)) + abs(cast(b AS hugeint))) // nullif(2 * abs(cast(b AS hugeint)), 0))
         END AS bigint);
-- a * b / c and its remainder through 128 bits.
CREATE OR REPLACE MACRO mul_div(a, b, c) AS
    cast((cast(a AS hugeint) * cast(b AS hugeint)) // nullif(cast(c AS hugeint), 0) AS bigint);
CREATE OR REPLACE MACRO mul_mod(a, b, c) AS
    cast((cast(a AS hugeint) * cast(b AS hugeint)) % nullif(cast(c AS hugeint), 0) AS bigint);
CREATE OR REPLACE MACRO hash_part(s, k) AS cast('0x' || substr(md5(s), 8 * k + 1, 8) AS bigint);
