using System.Globalization;

namespace ShopLake.Tests.Support;

/// <summary>
/// Mutates bytes and hands them to a judge, each kind for as long as <c>SHOPLAKE_FUZZ_SECONDS</c> says (3 when left
/// out). A judge that does not come to an end fails too.
/// </summary>
internal static class Fuzzing
{
    private const string Special = "\",\n\r\\{}[]:0 &*!|>%#";

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(double.Parse(
        Environment.GetEnvironmentVariable("SHOPLAKE_FUZZ_SECONDS") ?? "3", CultureInfo.InvariantCulture));

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <param name="seeds">One is taken at random each time.</param>
    /// <param name="judge">Throws when something is wrong with what the bytes lead to.</param>
    /// <param name="duration">Null takes what the environment says.</param>
    public static void Run(IReadOnlyList<byte[]> seeds, Action<byte[], Random> judge, TimeSpan? duration = null)
    {
        var random = new Random(5);
        DateTime end = DateTime.UtcNow + (duration ?? Duration);
        do
        {
            byte[] bytes = Mutate(seeds[random.Next(seeds.Count)], random);
            var judged = Task.Run(() => judge(bytes, random));
            if (Task.WhenAny(judged, Task.Delay(Patience)).GetAwaiter().GetResult() != judged)
            {
                throw new TimeoutException($"No end after {Patience}: {Convert.ToHexString(bytes)}");
            }

            judged.GetAwaiter().GetResult();
        }
        while (DateTime.UtcNow < end);
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (int i = random.Next(1, 6); i > 0 && bytes.Count > 0; i--)
        {
            int position = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.Insert(position, (byte)random.Next(256));
                    break;
                case 2:
                    bytes.RemoveRange(position, Math.Min(random.Next(1, 20), bytes.Count - position));
                    break;
                case 3:
                    int length = Math.Min(random.Next(1, 60), bytes.Count - position);
                    bytes.InsertRange(position, bytes.GetRange(position, length));
                    break;
                default:
                    bytes[position] = (byte)Special[random.Next(Special.Length)];
                    break;
            }
        }

        return [.. bytes];
    }
}
