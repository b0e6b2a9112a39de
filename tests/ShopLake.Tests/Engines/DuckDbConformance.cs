namespace ShopLake.Tests.Engines;

public sealed class DuckDbConformance() : EngineConformance("duckdb");

public sealed class DuckDbVerbs() : EngineVerbs("duckdb");
