namespace ShopLake.Tests.Engines;

public sealed class SqliteConformance() : EngineConformance("sqlite");

public sealed class SqliteEquality() : EngineEquality("sqlite");

public sealed class SqliteVerbs() : EngineVerbs("sqlite");
