namespace ShopLake.Configuration;

/// <summary>A part of a configuration that was checked against <see cref="KnownKeys"/>.</summary>
/// <param name="Node">Where it stands; null where a whole group was left out.</param>
/// <param name="Value">The typed value; null for groups and where a mistake was reported.</param>
internal sealed record Setting(KnownKey Known, string Path, ConfigurationNode? Node, object? Value)
{
    /// <summary>The keys that are given below this one, in the order of the file.</summary>
    public Dictionary<string, Setting> Children { get; } = [];

    public Setting? Find(string name) => Children.GetValueOrDefault(name);

    public bool Has(string name) => Children.ContainsKey(name);

    /// <summary>The value at a path below this setting, or its default.</summary>
    public T Get<T>(string path)
    {
        var known = Known;
        var setting = this;
        foreach (string name in path.Split('.'))
        {
            known = known.Find(name) ?? throw new ArgumentException($"{Known.Path} has no key {path}.", nameof(path));
            setting = setting?.Find(name);
        }

        object? value = setting?.Value ?? (known.Default is { } text ? known.Type!.Parse(text) : null);
        return (T)value!;
    }
}
