import Hummingbird
import NIOCore

/// A request and its connection.
struct StatsContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel
  var address: NIOCore.SocketAddress? { channel.remoteAddress }

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}
