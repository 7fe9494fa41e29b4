import ArgumentParser
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import XferIdentity

/// The bare pair of TLS that the bench compares with: NIOSSL and NIO, no files at the receiver, no
/// checksums and no receipts but one byte.
@main
struct TLSPair: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tls-pair", subcommands: [Serve.self, Send.self])
}

/// The bytes that one write has.
private let piece = 256 << 10

struct Serve: ParsableCommand {
  @Argument var port: Int

  func run() throws {
    let pair = KeyPair()
    let configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [
        .certificate(
          try NIOSSLCertificate(bytes: try pair.certificate(named: "pair"), format: .der))
      ],
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(pair.pem.utf8), format: .pem)))
    let context = try NIOSSLContext(configuration: configuration)
    let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(
        .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: piece)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            NIOSSLServerHandler(context: context), Counter())
        }
      }
      .bind(host: "127.0.0.1", port: port).wait()
    try channel.closeFuture.wait()
  }
}

/// Counts bytes, and answers with one byte when all that the first eight bytes announce are there.
private final class Counter: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var expected: Int?
  private var count = 0

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if expected == nil { expected = bytes.readInteger(as: Int.self) }
    count += bytes.readableBytes
    guard count == expected else { return }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(integer: UInt8(1))), promise: nil)
  }
}

struct Send: ParsableCommand {
  @Argument var port: Int
  @Argument var file: String

  func run() throws {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .none
    configuration.trustRoots = .certificates([])
    let context = try NIOSSLContext(configuration: configuration)
    let descriptor = open(file, O_RDONLY)
    var status = Glibc.stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else { throw ExitCode.failure }
    let size = Int(status.st_size)
    let channel = try ClientBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            try NIOSSLClientHandler(context: context, serverHostname: nil), Closer())
        }
      }
      .connect(host: "127.0.0.1", port: port).wait()
    try channel.writeAndFlush(ByteBuffer(integer: size)).wait()
    var sent = 0
    while sent < size {
      var buffer = ByteBuffer()
      buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: piece) {
        max(0, read(descriptor, $0.baseAddress, piece))
      }
      sent += buffer.readableBytes
      try channel.writeAndFlush(buffer).wait()
    }
    try channel.closeFuture.wait()
  }
}

/// Closes the connection at the answer.
private final class Closer: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.close(promise: nil) }
}
