namespace ShopLake.Tests.Engines;

public sealed class SparkConformance() : EngineConformance("spark");

/// <summary>
/// Every statement has its price on Spark, also on few rows; <c>build</c> says how to ask for these.
/// <see cref="SparkSample"/> is a part of them.
/// </summary>
[Trait("takes", "hours")]
public sealed class SparkEquality() : EngineEquality("spark");

/// <inheritdoc cref="SparkEquality"/>
[Trait("takes", "hours")]
public sealed class SparkVerbs() : EngineVerbs("spark");
