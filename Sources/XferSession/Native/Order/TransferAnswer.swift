/// The kind of an answer to a transfer.
enum TransferAnswer: CaseIterable, Sendable {
  case accept, working, receipt, refusal
}
