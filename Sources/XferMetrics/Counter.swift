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
  /// Requests over HTTP with a wrong token.
  case tokensRefused

  /// The name and the help text in the Prometheus text format.
  package var metric: (name: String, help: String) {
    switch self {
    case .connectionsAccepted:
      ("xfer_connections_total", "Connections accepted, refused ones included.")
    case .connectionsDropped:
      ("xfer_connections_dropped_total", "Connections closed without a reply, far above the limit.")
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
    case .tokensRefused: ("xfer_http_tokens_refused_total", "HTTP requests with a wrong token.")
    }
  }
}
