/// The figures that processes of the receiver count together, each only ever growing.
public enum Counter: Int, CaseIterable, Sendable {
  case connectionsAccepted
  case connectionsDropped
  case transfersCompleted
  case transfersRepeated
  case bytesReceived
  case bytesCompleted
  case recorderBatches
  case recorderStarts
  case statsStarts
  case sessionsCrashed

  /// Name and meaning in the Prometheus text format.
  public var metric: (name: String, help: String) {
    switch self {
    case .connectionsAccepted:
      ("xfer_connections_total", "Connections accepted, refused ones included.")
    case .connectionsDropped:
      ("xfer_connections_dropped_total", "Connections closed without a word, far over the limit.")
    case .transfersCompleted: ("xfer_transfers_completed_total", "Transfers published.")
    case .transfersRepeated:
      ("xfer_transfers_repeated_total", "Offers answered with the receipt of an earlier delivery.")
    case .bytesReceived: ("xfer_received_bytes_total", "Content received, whatever became of it.")
    case .bytesCompleted: ("xfer_completed_bytes_total", "Content of published transfers.")
    case .recorderBatches:
      ("xfer_recorder_batches_total", "Groups of transfers committed together.")
    case .recorderStarts: ("xfer_recorder_starts_total", "Times that the recorder was started.")
    case .statsStarts: ("xfer_stats_starts_total", "Times that the stats process was started.")
    case .sessionsCrashed:
      ("xfer_sessions_crashed_total", "Sessions that a signal or a fault ended.")
    }
  }
}

/// The figures that go up and down.
public enum Gauge: Int, CaseIterable, Sendable {
  case sessions
  case draining
  case recorderReady
  case httpPort
  case startedAt
  /// 1 once a sync of the whole file system has failed: from then on each file is synced by itself.
  case groupSyncFailed
  /// 1 while the data directory is not as publishing needs it.
  case directoryUnusable
  /// 1 while the recorder syncs files.
  case syncUnderWay
}
