namespace ShopLake.Configuration;

/// <summary>A key that <c>shoplake.yaml</c> may hold.</summary>
/// <param name="Path">Names joined by points; <c>*</c> stands for a name of the user's choice.</param>
/// <param name="Type">What a plain value must be; null where only keys may follow.</param>
/// <param name="Default">The value when the key is left out, as one would write it; null when there is none.</param>
/// <param name="Description">One sentence for the editor and the reference.</param>
internal sealed record KnownKey(
    string Path, ValueType? Type, string? Default, string Description, bool IsRequired = false)
{
    public const string AnyName = "*";

    /// <summary>The keys below this one.</summary>
    public List<KnownKey> Children { get; } = [];

    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>The key that stands for names of the user's choice, if they are allowed here.</summary>
    public KnownKey? Any => Children.Find(child => child.Name == AnyName);

    public KnownKey? Find(string name) => Children.Find(child => child.Name == name) ?? Any;

    public static string Parent(string path) => path.Contains('.', StringComparison.Ordinal)
        ? path[..path.LastIndexOf('.')]
        : "";
}
