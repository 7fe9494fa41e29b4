import struct Crypto.SHA256

/// The sums of a set, as both sides compute them: file by file, in the order of the names. Names are
/// compared by the bytes of their text, in the form of `PathText`.
package struct SetSums {
  private var hash = SHA256()
  private var files: UInt64 = 0
  private var others: UInt64 = 0
  private var bytes: UInt64 = 0

  /// Starts without files.
  package init() {}

  /// Adds the next file.
  package mutating func add(_ member: SetMember) {
    hash.update(data: member.line.bytes)
    if member.kind == .file { files += 1 } else { others += 1 }
    bytes = bytes.addingReportingOverflow(member.size).partialValue
  }

  /// The sums of the files that were added.
  package var totals: SetTotals {
    SetTotals(files: files, others: others, bytes: bytes, digest: Digest(hash.finalize()))
  }
}
