/// The counters that all processes of the receiver share. They only grow.
package enum Counter: Int, CaseIterable, Sendable {
  /// Accepted connections, refused ones included.
  case connectionsAccepted
  /// Connections that were closed without a reply.
  case connectionsDropped
  /// Published transfers.
  case transfersCompleted
  /// Offers that were answered with the receipt of an earlier delivery.
  case transfersRepeated
  /// Content received, in bytes, of failed transfers too.
  case bytesReceived
  /// Content of published transfers, in bytes.
  case bytesCompleted
  /// Groups of transfers that were committed together.
  case recorderGroups
  /// Starts of the recorder and of the stats process.
  case recorderStarts
  case statsStarts
  /// Starts of the process that holds the private key.
  case keysStarts
  /// Times that the certificate and the list of clients were read again.
  case reloads
  /// Sessions that were killed by a signal or ended with a fault.
  case sessionsCrashed
  /// Sessions that had to leave because their clients did not identify themselves.
  case sessionsDisplaced
  /// Requests over HTTP with a wrong token.
  case tokensRefused
  /// Starts of the process that runs the hooks.
  case hooksStarts
  /// Commands of hooks that succeeded, that failed and are run again, and that were given up.
  case hooksSucceeded
  case hooksFailed
  case hooksGivenUp

  /// The name and the help text in the Prometheus text format.
  package var metric: (name: String, help: String) {
    switch self {
    case .connectionsAccepted:
      ("xfer_connections_total", "Connections accepted, refused ones included.")
    case .connectionsDropped:
      (
        "xfer_connections_dropped_total",
        "Connections closed without a reply, too fast or too many."
      )
    case .transfersCompleted: ("xfer_transfers_completed_total", "Transfers published.")
    case .transfersRepeated:
      ("xfer_transfers_repeated_total", "Offers answered with the receipt of an earlier delivery.")
    case .bytesReceived: ("xfer_received_bytes_total", "Content received, of failed transfers too.")
    case .bytesCompleted: ("xfer_completed_bytes_total", "Content of published transfers.")
    case .recorderGroups:
      ("xfer_recorder_batches_total", "Groups of transfers committed together.")
    case .recorderStarts: ("xfer_recorder_starts_total", "Starts of the recorder.")
    case .statsStarts: ("xfer_stats_starts_total", "Starts of the stats process.")
    case .keysStarts:
      ("xfer_keys_starts_total", "Starts of the process that holds the private key.")
    case .reloads:
      ("xfer_reloads_total", "Times that the certificate and the list of clients were read again.")
    case .sessionsCrashed:
      (
        "xfer_sessions_crashed_total",
        "Sessions that were killed by a signal or ended with a fault."
      )
    case .sessionsDisplaced:
      (
        "xfer_sessions_displaced_total",
        "Sessions told to leave because their clients did not identify themselves."
      )
    case .tokensRefused: ("xfer_http_tokens_refused_total", "HTTP requests with a wrong token.")
    case .hooksStarts: ("xfer_hooks_starts_total", "Starts of the process that runs the hooks.")
    case .hooksSucceeded: ("xfer_hooks_succeeded_total", "Commands of hooks that succeeded.")
    case .hooksFailed:
      ("xfer_hooks_failed_total", "Runs of commands of hooks that failed.")
    case .hooksGivenUp:
      ("xfer_hooks_given_up_total", "Commands of hooks that failed until they were given up.")
    }
  }
}
