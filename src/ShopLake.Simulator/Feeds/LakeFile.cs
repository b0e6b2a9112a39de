namespace ShopLake.Simulator.Feeds;

/// <summary>The <c>shoplake.yaml</c> that reads the shop's feeds.</summary>
internal static class LakeFile
{
    public static void Write(SimulationOptions options) =>
        File.WriteAllText(Path.Combine(options.OutputFolder, "shoplake.yaml"), Text(options));

    private static string Text(SimulationOptions options) => $$"""
        # A simulated shop (seed {{options.Seed}}): daily exports and a stream of events.
        lake: data
        engine: duckdb
        money: { currency: {{options.Currency}}, decimals: 2 }
        time:
          reporting_zone: {{options.ReportingZone}}
          earliest_day: 2000-01-01
          late_after: 24h
          skew_tolerance: 5m
          funnel_window: 24h
        sources:
          users:
            table: users
            path: feeds/*/users*.csv
            format: csv
            source_system: accounts
            deleted_when: { op: D }
            columns:
              user_id: user_id
              name: name
              email: email
              phone: phone
              created_at: created_at
              updated_at: updated_at
              ingestion_time: exported_at
          products:
            table: products
            path: feeds/*/products*.csv
            format: csv
            source_system: catalogue
            deleted_when: { op: D }
            columns:
              product_id: product_id
              product_name: product_name
              category: category
              price: price
              available_stock: available_stock
              updated_at: updated_at
              ingestion_time: exported_at
          orders:
            table: orders
            path: feeds/*/orders*.csv
            format: csv
            source_system: shop
            columns:
              order_id: order_id
              user_id: user_id
              order_status: order_status
              order_amount: order_amount
              order_ts: order_ts
              updated_at: updated_at
              ingestion_time: exported_at
          order_items:
            table: order_items
            path: feeds/*/order_items*.csv
            format: csv
            source_system: shop
            columns:
              order_item_id: order_item_id
              order_id: order_id
              product_id: product_id
              quantity: quantity
              item_price: item_price
              ingestion_time: exported_at
          payments:
            table: payments
            path: feeds/*/payments*.csv
            format: csv
            source_system: payments
            columns:
              payment_id: payment_id
              order_id: order_id
              payment_status: payment_status
              payment_amount: payment_amount
              payment_ts: payment_ts
              ingestion_time: exported_at
          events:
            table: events
            path: feeds/*/events*.jsonl
            format: jsonl
            source_system: web
            columns:
              event_id: event_id
              user_id: user_id
              session_id: session_id
              event_type: event_type
              event_ts: event_ts
              device_type: device_type
              ingestion_time: received_at
        vocabulary:
          order_status: { DELIVERED: SHIPPED }
          event_type: { heartbeat: ignore }
          device_type: { tablet: mobile }

        """.ReplaceLineEndings("\n");
}
