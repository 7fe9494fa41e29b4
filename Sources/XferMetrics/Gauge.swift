/// The figures of the receiver that rise and fall.
package enum Gauge: Int, CaseIterable, Sendable {
  /// Live sessions.
  case sessions
  /// The raw value of `ShutdownStage`.
  case draining
  /// 1 while the recorder can record transfers.
  case recorderReady
  /// The bound port of the stats process. 0 before it has bound one; kept when it is restarted.
  case httpPort
  /// The start of the receiver, in microseconds since 1970.
  case startedAt
  /// 1 after a sync of the whole file system has failed. From then on files are synced one by one.
  case groupSyncFailed
  /// 1 while the data directory cannot be published into.
  case directoryUnusable
  /// 1 while the recorder syncs files.
  case syncUnderWay
  /// 1 while the stats process serves.
  case statsReady
  /// 1 while the process that holds the private key serves.
  case keysReady
  /// 1 while the process that runs the hooks works.
  case hooksReady
  /// Commands of hooks that run now, and failed ones that wait to be run again.
  case hooksRunning
  case hooksWaiting
  /// The second of the monotonic clock in which a copied key was last logged.
  case copiedKeyLoggedAt
}
