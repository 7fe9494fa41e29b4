import NIOCore
import NIOHTTPTypes

/// The bounds of one HTTP connection. It closes a connection if its address has too many, or if the
/// peer neither sends a request nor takes an answer in time.
///
/// The time runs while there is no request, and while an answer waits to be taken. Each part that
/// the kernel of the peer takes is progress, even if the whole answer takes long. The time does not
/// run while the answer is made. The body of a request is no progress, because no page accepts one
/// (`NoBodies`).
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// The number of bytes of an answer that wait in the kernel. With `waiting`, which bounds those
  /// that wait in this process, it bounds the memory that a slow reader costs.
  private static let socketBuffer = 64 << 10
  private static let waiting = ChannelOptions.Types.WriteBufferWaterMark(
    low: 8 << 10, high: 16 << 10)

  let peer = Peer()
  private let admission: AddressAdmission
  private let patience: TimeAmount
  private var address: String?
  private var requests = 0
  private var untaken = 0
  private var lastProgress = NIODeadline.now()
  private var clock: RepeatedTask?

  init(_ admission: AddressAdmission, patience: TimeAmount) {
    self.admission = admission
    self.patience = patience
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let options = context.channel.syncOptions
    try? options?.setOption(.socketOption(.so_sndbuf), value: ConnectionHandler.socketBuffer)
    try? options?.setOption(.writeBufferWaterMark, value: ConnectionHandler.waiting)
    if context.channel.isActive { begin(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard clock == nil else { return }
    guard admission.enter(context.remoteAddress) else {
      return context.close(promise: nil)
    }
    address = AddressAdmission.key(context.remoteAddress)
    lastProgress = .now()
    let pause = TimeAmount.nanoseconds(max(patience.nanoseconds / 8, 1_000_000))
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    clock = context.eventLoop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in
      let (handler, context) = bound.value
      handler.closeIfIdle(context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    peer.noteDisconnect()
    end()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  private func end() {
    clock?.cancel()
    if let address { admission.leave(address) }
    address = nil
  }

  private func closeIfIdle(_ context: ChannelHandlerContext) {
    let waitsForPeer = untaken > 0 || requests == 0
    if waitsForPeer, .now() - lastProgress >= patience { context.close(promise: nil) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event { peer.noteEndOfInput() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head = unwrapInboundIn(data) {
      requests += 1
      lastProgress = .now()
    }
    context.fireChannelRead(data)
  }

  func write(
    context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
  ) {
    let isLast = if case .end = unwrapOutboundIn(data) { true } else { false }
    if untaken == 0 { lastProgress = .now() }
    untaken += 1
    let promise = promise ?? context.eventLoop.makePromise()
    promise.futureResult.assumeIsolated().whenComplete { _ in
      self.untaken -= 1
      self.lastProgress = .now()
      if isLast { self.requests -= 1 }
    }
    context.write(data, promise: promise)
  }
}

extension Peer {
  /// Returns the peer of a connection. If the channel is closed already, the peer has disconnected.
  static func of(_ channel: any Channel) async -> Peer {
    let peer = try? await channel.eventLoop.submit {
      try channel.pipeline.syncOperations.handler(type: ConnectionHandler.self).peer
    }.get()
    if let peer { return peer }
    let left = Peer()
    left.noteDisconnect()
    return left
  }
}
