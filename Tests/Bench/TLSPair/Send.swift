import ArgumentParser
import Dispatch
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// The sender of the bare pair.
struct Send: ParsableCommand {
  /// The number of pieces that may wait for the socket, so that one is read while another is
  /// encrypted.
  private static let ahead = 4

  @Argument(help: "The port.") var port: Int
  @Argument(help: "The file to send.") var file: String

  func run() throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    configuration.certificateVerification = .none
    configuration.trustRoots = .certificates([])
    let context = try NIOSSLContext(configuration: configuration)
    let channel = try ClientBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            try NIOSSLClientHandler(context: context, serverHostname: nil), Closer())
        }
      }
      .connect(host: "127.0.0.1", port: port).wait()
    try send(on: channel)
    try channel.closeFuture.wait()
  }

  private func send(on channel: any Channel) throws {
    let descriptor = open(file, O_RDONLY)
    var status = Glibc.stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else { throw ExitCode.failure }
    let (size, places) = (Int(status.st_size), DispatchSemaphore(value: Send.ahead))
    channel.writeAndFlush(ByteBuffer(integer: size), promise: nil)
    var sent = 0
    while sent < size {
      places.wait()
      var buffer = ByteBuffer()
      buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: piece) {
        max(0, read(descriptor, $0.baseAddress, piece))
      }
      sent += buffer.readableBytes
      channel.writeAndFlush(buffer).whenComplete { _ in places.signal() }
    }
  }
}

/// Closes the connection at the answer.
private final class Closer: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.close(promise: nil) }
}
