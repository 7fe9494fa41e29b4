import ArgumentParser
import NIOConcurrencyHelpers
import NIOPosix
import XferClient
import XferIdentity
import XferSystem

/// The options of a client that makes many connections, one for each file of a directory.
struct Connections: ParsableArguments {
  @Argument(help: "The port.") var port: UInt16
  @Argument(help: "The directory whose files give the number of connections.") var directory: String
  @Option(help: "The directory of the client's identity; none for no encryption.") var home: String?
  @Option(help: "The number of connections at once.") var atOnce = 8
  @Option(help: "In front of the names of files.") var prefix = ""

  /// Makes the connections, and prints the number of them and the times as JSON. The pin is not
  /// compared, because the server of the pair has no client that knows it.
  func run(
    _ connect: @escaping @Sendable (ReceiverAddress, _ path: String, _ name: String) throws -> Void
  ) throws {
    let files = SendList([directory], as: prefix).files.map { ($0.path, $0.name.text) }
    let (address, times) = (try address(), NIOLockedValueBox([Double]()))
    let (pool, next) = (NIOThreadPool(numberOfThreads: atOnce), NIOLockedValueBox(0))
    pool.start()
    let start = MonotonicTime.now
    let workers = (0..<atOnce).map { _ in
      pool.runIfActive(eventLoop: MultiThreadedEventLoopGroup.singleton.next()) {
        while true {
          let number = next.withLockedValue { value in
            defer { value += 1 }
            return value
          }
          guard number < files.count else { return }
          let began = MonotonicTime.now
          try connect(address, files[number].0, files[number].1)
          times.withLockedValue { $0.append(began.elapsed.seconds) }
        }
      }
    }
    for worker in workers { try worker.wait() }
    report(times.withLockedValue { $0.sorted() }, seconds: start.elapsed.seconds)
  }

  private func address() throws -> ReceiverAddress {
    let servers = [Endpoint(host: "127.0.0.1", port: port)]
    guard let home else { return ReceiverAddress(servers: servers, security: .plain) }
    let identity = try ClientHome(home).identity()
    return ReceiverAddress(servers: servers, security: .tls(.none, identity))
  }

  private func report(_ times: [Double], seconds: Double) {
    func part(_ share: Double) -> Double { times[Int(share * Double(times.count - 1))] }
    print(
      #"{"files": \#(times.count), "seconds": \#(seconds), "total_p50": \#(part(0.5)), "#
        + #""total_p99": \#(part(0.99))}"#)
  }
}

extension Duration {
  /// The time in seconds.
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}

/// Connects, greets, waits for the answer and leaves.
struct Greet: ParsableCommand {
  @OptionGroup var connections: Connections

  func run() throws {
    try connections.run { address, _, _ in _ = try QueryClient(address, agent: "tls-pair") }
  }
}

/// Delivers each file over a connection of its own.
struct Deliver: ParsableCommand {
  @OptionGroup var connections: Connections

  func run() throws {
    try connections.run { address, path, name in
      var options = Sender.Options(address: address)
      options.machine = "bench"
      let list = SendList([path], as: name)
      let result = try Sender(list, options: options, report: { _ in }).send()
      guard result == .allReceived else { throw ExitCode.failure }
    }
  }
}
