import ArgumentParser
import NIOCore
import NIOPosix
import NIOSSL
import XferIdentity

/// The receiver of the bare pair: NIOSSL and NIO write a file, without checksums, and answer with
/// one byte when it is written.
struct Serve: ParsableCommand {
  @Argument(help: "The port.") var port: Int
  @Argument(help: "The file to write.") var file: String
  @Flag(help: "Write around the page cache.") var direct = false

  func run() throws {
    let pair = KeyPair()
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [
        .certificate(
          try NIOSSLCertificate(bytes: try pair.certificate(named: "pair"), format: .der))
      ],
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(pair.pem.utf8), format: .pem)))
    configuration.minimumTLSVersion = .tlsv13
    let context = try NIOSSLContext(configuration: configuration)
    let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(
        .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: piece)
      )
      .childChannelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            NIOSSLServerHandler(context: context),
            try FileHandler(BlockWriter(file, isDirect: direct)))
        }
      }
      .bind(host: "127.0.0.1", port: port).wait()
    try channel.closeFuture.wait()
  }
}

/// Passes the content on to the writer, and answers when all that the first eight bytes announce is
/// written. It reads no more while the writer is behind.
private final class FileHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let writer: BlockWriter
  private var expected: Int?
  private var count = 0
  private var isReadWanted = false

  init(_ writer: BlockWriter) { self.writer = writer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if expected == nil { expected = bytes.readInteger(as: Int.self) }
    count += bytes.readableBytes
    let loop = NIOLoopBound(context, eventLoop: context.eventLoop)
    let me = NIOLoopBound(self, eventLoop: context.eventLoop)
    writer.append(bytes) { loop.eventLoop.execute { me.value.goOn(loop.value) } }
    guard count == expected else { return }
    writer.finish {
      loop.eventLoop.execute {
        loop.value.writeAndFlush(NIOAny(ByteBuffer(integer: UInt8(1))), promise: nil)
      }
    }
  }

  func read(context: ChannelHandlerContext) {
    isReadWanted = writer.isBehind
    if !isReadWanted { context.read() }
  }

  private func goOn(_ context: ChannelHandlerContext) {
    if isReadWanted { read(context: context) }
  }
}
