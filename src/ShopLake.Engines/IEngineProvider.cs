using ShopLake.Configuration;
using ShopLake.Run;

namespace ShopLake.Engines;

/// <summary>
/// How one engine's warehouses are made, opened and found: one implementation in each engine's folder, named in
/// <see cref="LakeEngine"/>. Everything fails with <see cref="FailureKind.OutOfReach"/> and says what to do where the
/// engine cannot be reached.
/// </summary>
internal interface IEngineProvider
{
    /// <summary>The word for it in <c>shoplake.yaml</c>.</summary>
    string Name { get; }

    /// <summary>What it needs, in a few words, for the list of engines.</summary>
    string About { get; }

    /// <summary>The engine's version; reaches it, but needs no warehouse.</summary>
    /// <param name="configuration">Where a server listens; null without a <c>shoplake.yaml</c>.</param>
    string Version(LakeConfiguration? configuration);

    /// <summary>For a run: made where it is missing, held until disposed, so that runs take turns.</summary>
    IEngine Open(LakeConfiguration configuration);

    /// <summary>An empty warehouse beside the live one that is gone when disposed.</summary>
    IEngine OpenScratch(LakeConfiguration configuration);

    /// <summary>The warehouse that keeps the state at a commit, made where it is missing.</summary>
    IEngine OpenAsOf(LakeConfiguration configuration, long sequence);

    /// <summary>For questions, never blocked by a run where the engine can do that.</summary>
    /// <exception cref="ShopLakeException">There is no warehouse yet.</exception>
    IWarehouseReader OpenReader(LakeConfiguration configuration);

    /// <summary>For questions about the state at a commit that was built before.</summary>
    IWarehouseReader OpenAsOfReader(LakeConfiguration configuration, long sequence);

    /// <summary>What a person deletes to have the warehouse computed anew from Bronze.</summary>
    string WarehouseOf(LakeConfiguration configuration);
}
