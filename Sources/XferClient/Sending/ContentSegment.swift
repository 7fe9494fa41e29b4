/// A part of a file that sendfile(2) is sending.
struct ContentSegment {
  let file: FileToSend
  /// Stays open until the segment is sent, even if the transfer ends before.
  let content: OutgoingFile
  var offset: Int64
  /// The number of bytes that are not sent yet.
  var left: Int
  /// The number of these bytes that the limit of the run has granted.
  var granted = 0
}
