namespace ShopLake.Tests.Engines;

public sealed class PostgresConformance() : EngineConformance("postgres");

public sealed class PostgresEquality() : EngineEquality("postgres");

public sealed class PostgresVerbs() : EngineVerbs("postgres");
