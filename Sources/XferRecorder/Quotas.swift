import XferHistory
import XferIdentity
import XferProtocol
import XferSystem

/// The quotas of the clients: how many bytes each has delivered, and how many it may.
///
/// The sums of a client are read from the history once, and counted on. They are read again after
/// an hour, so that rows that are pruned or a day old stop to count.
final class Quotas {
  /// The time that the sums of a client are counted on.
  private static let lifetime = Duration.seconds(3600)
  private static let day: Int64 = 86_400_000_000

  private struct Sums {
    var bytes: DeliveredBytes
    let readAt: MonotonicTime
  }

  private let history: any HistoryWriter
  private let list: WatchedClients
  private var sums: [String: Sums] = [:]

  init(_ history: any HistoryWriter, lists: PrivateDirectory) {
    self.history = history
    list = WatchedClients(lists)
  }

  /// Throws a `Refusal` if a file of this size exceeds a quota of the client.
  func check(_ client: Client, size: UInt64) throws {
    guard let name = client.name, let rights = try list.rights(of: name),
      rights.quota != nil || rights.dailyQuota != nil
    else { return }
    let used = try sums(of: name)
    if let quota = rights.quota, used.all > quota || size > quota - used.all {
      throw Refusal(
        .quota, "\(name) has delivered \(used.all) of \(quota) bytes; this file has \(size)")
    }
    if let quota = rights.dailyQuota, used.recent > quota || size > quota - used.recent {
      throw Refusal(
        .quota,
        "\(name) has delivered \(used.recent) of \(quota) bytes in 24 hours; this file has \(size)",
        retryAfter: 600)
    }
  }

  /// Counts a delivery.
  func count(_ client: Client, size: UInt64) {
    guard let name = client.name, sums[name] != nil else { return }
    sums[name]?.bytes.all += size
    sums[name]?.bytes.recent += size
  }

  private func sums(of name: String) throws -> DeliveredBytes {
    if let known = sums[name], known.readAt.elapsed < Quotas.lifetime { return known.bytes }
    let since = Timestamp(microseconds: Timestamp.now.microseconds - Quotas.day)
    let bytes = try history.delivered(by: name, since: since)
    sums[name] = Sums(bytes: bytes, readAt: .now)
    return bytes
  }
}

/// The rights in the list of clients, which is read again when the file has changed.
private final class WatchedClients {
  private let lists: PrivateDirectory
  private var seen: FileStatus?
  private var rights: [String: Rights] = [:]

  init(_ lists: PrivateDirectory) { self.lists = lists }

  /// Returns the rights of a client; nil if the list has no line of it. A list that cannot be read
  /// leaves the former rights. Throws if there are none.
  func rights(of name: String) throws -> Rights? {
    let status = try lists.status(of: ClientList.file)
    if status != seen {
      do {
        try read()
      } catch {
        if seen == nil { throw error }
      }
      seen = status
    }
    return rights[name]
  }

  private func read() throws {
    let clients = try ClientFile(lists).read().clients
    rights = Dictionary(clients.map { ($0.name.text, $0.rights) }, uniquingKeysWith: { $1 })
  }
}
