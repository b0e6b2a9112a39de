using System.Runtime.InteropServices;
using ShopLake.Cli;

using var cancellation = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    // The work under way is asked to end at its next safe point; a second signal ends the process as usual.
    signal.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return CommandLine.Invoke(args, Console.Out, Console.Error, cancellation.Token);
