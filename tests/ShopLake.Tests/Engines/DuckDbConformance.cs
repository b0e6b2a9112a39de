namespace ShopLake.Tests.Engines;

public sealed class DuckDbConformance() : EngineConformance("duckdb");
