using ShopLake.Engines.Spark.Connect;

namespace ShopLake.Tests.Engines.Spark;

public sealed class SparkAddressTests
{
    private static readonly Func<string, string?> NoVariables = _ => null;

    [Theory]
    [InlineData("sc://localhost", "localhost", 15002)]
    [InlineData("sc://spark.example.org:443/", "spark.example.org", 443)]
    [InlineData(" SC://127.0.0.1:1 ", "127.0.0.1", 1)]
    [InlineData("sc://[::1]:15003/;user_id=x", "[::1]", 15003)]
    [InlineData("sc://[::1]", "[::1]", 15002)]
    public void Host_and_port_are_read(string url, string host, int port)
    {
        SparkAddress address = SparkAddress.Parse(url, NoVariables);

        address.Host.ShouldBe(host);
        address.Port.ShouldBe(port);
        address.UsesTls.ShouldBeFalse();
        address.Token.ShouldBeNull();
    }

    [Fact]
    public void Options_are_read()
    {
        SparkAddress address = SparkAddress.Parse(
            "sc://host:1/;use_ssl=true;token=a%3Bb=;user_id=Zo%C3%AB;session_id=00112233-4455-6677-8899-aabbccddeeff;"
            + "spark.sql.shuffle.partitions=1;", NoVariables);

        address.UsesTls.ShouldBeTrue();
        address.Token.ShouldBe("a;b=");
        address.UserId.ShouldBe("Zoë");
        address.SessionId.ShouldBe("00112233-4455-6677-8899-aabbccddeeff");
        address.Settings.ShouldBe(new Dictionary<string, string> { ["spark.sql.shuffle.partitions"] = "1" });
    }

    [Fact]
    public void The_token_may_stand_in_the_environment()
    {
        string? Variable(string name) => name == "SHOPLAKE_SPARK_TOKEN" ? "kept" : null;

        SparkAddress.Parse("sc://host/;use_ssl=true", Variable).Token.ShouldBe("kept");
        SparkAddress.Parse("sc://host/;use_ssl=true;token=given", Variable).Token.ShouldBe("given");
    }

    [Theory]
    [InlineData("sc://localhost/;token=x")]
    [InlineData("sc://127.8.9.10/;token=x")]
    [InlineData("sc://[::1]/;token=x")]
    [InlineData("sc://far.example.org/;token=x;use_ssl=true")]
    public void A_token_goes_to_this_machine_or_over_tls(string url) =>
        SparkAddress.Parse(url, NoVariables).Token.ShouldBe("x");

    [Theory]
    [InlineData("sc://far.example.org/;token=x")]
    [InlineData("sc://far.example.org/;token=x;use_ssl=false")]
    [InlineData("sc://localhost.example.org/;token=x")]
    public void A_token_is_not_sent_in_clear_text(string url) =>
        Refusal(url).ShouldContain("a token would be sent in clear text: add use_ssl=true");

    [Theory]
    [InlineData("http://host:1", "it does not begin with sc://")]
    [InlineData("", "it does not begin with sc://")]
    [InlineData("sc://", "the host is missing")]
    [InlineData("sc://host:0", "the port is '0'")]
    [InlineData("sc://host:65536", "the port is '65536'")]
    [InlineData("sc://host:", "the port is ''")]
    [InlineData("sc://::1:15002", "the host is '::1'")]
    [InlineData("sc://a b:1", "the host is 'a b'")]
    [InlineData("sc://host:1/path;user_id=x", "Spark Connect has no path")]
    [InlineData("sc://host:1/;use_ssl=yes", "use_ssl is 'yes'")]
    [InlineData("sc://host:1/;user_id=", "option 'user_id' has no value")]
    [InlineData("sc://host:1/;user_id=a;user_id=b", "option 'user_id' stands there twice")]
    [InlineData("sc://host:1/;usr=a", "option 'usr' is not known")]
    [InlineData("sc://host:1/;session_id=mine", "session_id is 'mine' and not a UUID")]
    [InlineData("sc://localhost:1/;token=a%0Ab", "the token holds other characters")]
    public void A_fault_is_named(string url, string fault) => Refusal(url).ShouldContain(fault);

    [Fact]
    public void All_faults_are_named_at_once_and_the_token_never()
    {
        string message = Refusal("sc://far:x/p;token=sEcReT;use_ssl=1;odd=2");

        message.ShouldContain("the port is 'x'");
        message.ShouldContain("has no path");
        message.ShouldContain("use_ssl is '1'");
        message.ShouldContain("'odd' is not known");
        message.ShouldContain("clear text");
        message.ShouldNotContain("sEcReT");
        SparkAddress.Parse("sc://localhost/;token=sEcReT", NoVariables).ToString().ShouldBe("sc://localhost:15002");
    }

    [Theory]
    [InlineData("sc://me:hunter2@far:15002")]
    [InlineData("sc://me:hun/ter2@far")]
    public void A_user_before_the_host_is_refused_and_the_password_never_shown(string url)
    {
        string message = Refusal(url);

        message.ShouldContain("a user stands before the host");
        message.ShouldNotContain("hun");
        SparkAddress.Parse("sc://localhost/;user_id=me@far", NoVariables).UserId.ShouldBe("me@far");
    }

    private static string Refusal(string url)
    {
        ShopLakeException error = Should.Throw<ShopLakeException>(() => SparkAddress.Parse(url, NoVariables));
        error.Kind.ShouldBe(FailureKind.Usage);
        return error.Message;
    }
}
