namespace ShopLake.Simulator.Books;

internal static class Dictionaries
{
    /// <summary>The value of a key; a new one where there is none yet.</summary>
    public static TValue GetOrAdd<TKey, TValue>(this IDictionary<TKey, TValue> dictionary, TKey key)
        where TValue : new()
    {
        if (!dictionary.TryGetValue(key, out var value))
            dictionary[key] = value = new TValue();
        return value;
    }
}
