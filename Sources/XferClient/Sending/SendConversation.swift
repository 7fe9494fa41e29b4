import SystemPackage
import XferProtocol
import XferSystem

/// Sends files over one connection: offers run ahead of content, small files travel with their
/// offers, receipts come back meanwhile. It ends when the queue is empty and all is answered, or
/// throws where the connection cannot go on; what has no answer then is put back by `giveBack`.
final class SendConversation {
  /// Bytes behind one content frame, the receiver's bound permitting.
  private static let piece = 1 << 20
  /// Tries of a file whose content changes or arrives wrong.
  private static let tries = 5

  struct Sending {
    let file: FileToSend
    let id: TransferID
    /// The file as it was offered.
    let status: FileStatus
    /// Nil for a small file, whose content went with the offer.
    var content: OutgoingFile?
    var offset: UInt64 = 0
    /// Of the content as it goes out; nil where none is taken.
    var digest: PassingDigest?

    /// All of it may be with the receiver.
    var isSent: Bool { content.map { offset >= $0.size } ?? true }
  }

  /// A piece of a file that the kernel is moving.
  private struct Segment {
    let of: FileToSend
    /// Kept open until the piece is out, even if the transfer is over by then.
    let content: OutgoingFile
    var offset: Int64
    var left: Int
  }

  let connection: ReceiverConnection
  let queue: SendQueue
  /// When this run began, by `bootNanoseconds`.
  let runStart: Int64
  /// What tells this machine from others, in the ids of its files.
  let machine: String
  let receipts: Receipts
  let mayWait: () -> Bool
  let tell: (SendEvent) -> Void
  var open: [UInt32: Sending] = [:]
  /// Accepted large files, in the order of their acceptance; the first is being sent.
  var accepted: [UInt32] = []
  var largeOffered = 0
  var lastTag: UInt32 = 0
  var output = WireWriter()
  private var outputSent = 0
  private var segment: Segment?
  private(set) var isGreetingTold = false
  /// What went out before the receiver has answered the greeting: it may have gone to nobody.
  var sentUnheard: [(file: FileToSend, bytes: UInt64)] = []
  /// The receiver ended the connection when there was nothing left to send.
  var isDone = false
  let buffer = AlignedBuffer(size: piece)
  let directories = ResolvedDirectories()
  let sources = Sources()

  init(
    _ connection: ReceiverConnection, _ queue: SendQueue, _ receipts: Receipts, runStart: Int64,
    machine: String, mayWait: @escaping () -> Bool, tell: @escaping (SendEvent) -> Void
  ) {
    self.runStart = runStart
    self.machine = machine
    self.receipts = receipts
    self.connection = connection
    self.queue = queue
    self.mayWait = mayWait
    self.tell = tell
  }

  func run() throws {
    while true {
      try hear()
      let wantsToSend = try pumpOrHear()
      if isDone || (open.isEmpty && queue.isEmpty && !wantsToSend) { return }
      let pause = mayOffer && !wantsToSend ? min(queue.pauseMilliseconds ?? 1000, 1000) : 1000
      try connection.wait(for: wantsToSend ? .both : .read, milliseconds: pause)
    }
  }

  /// Where nothing can be sent any more, why that is may have come in: a refusal, or the word of
  /// somebody who is no receiver.
  private func pumpOrHear() throws -> Bool {
    do {
      return try pump()
    } catch {
      try? connection.receive()
      try hear()
      throw error
    }
  }

  private func hear() throws {
    while let message = try connection.message() {
      noteGreeting()
      try handle(message)
    }
    noteGreeting()
  }

  private func noteGreeting() {
    guard connection.isGreeted, !isGreetingTold else { return }
    isGreetingTold = true
    tell(.connected)
    tellSent()
  }

  func tellSent() {
    for (file, bytes) in sentUnheard { tell(.sent(bytes, isNew: file.reach(bytes))) }
    sentUnheard = []
  }

  /// Returns what has no answer to the queue, when the connection is gone.
  func giveBack() {
    for sending in open.values {
      if sending.isSent { sending.file.mayBeDelivered = true }
      queue.putBack(sending.file)
    }
    open = [:]
  }

  // MARK: Sending

  /// Sends until the socket takes no more or there is nothing to send; true where more waits.
  private func pump() throws -> Bool {
    while true {
      if try !sendOutput() { return true }
      if try !sendSegment() { return true }
      if try !produce() { return false }
    }
  }

  private func sendOutput() throws -> Bool {
    guard !output.isEmpty else { return true }
    let sent = try output.bytes.withUnsafeBytes { bytes in
      try connection.descriptor.send(
        UnsafeRawBufferPointer(rebasing: bytes[outputSent...]), more: segment != nil)
    }
    if sent > 0 { connection.noteProgress() }
    outputSent += sent
    guard outputSent == output.bytes.count else { return false }
    output.clear()
    outputSent = 0
    return true
  }

  private func sendSegment() throws -> Bool {
    guard var segment else { return true }
    while segment.left > 0 {
      switch try connection.descriptor.sendFile(
        segment.content.descriptor, at: segment.offset, count: segment.left)
      {
      case .bytes(let count):
        connection.noteProgress()
        segment.offset += Int64(count)
        segment.left -= count
        tell(.sent(UInt64(count), isNew: segment.of.reach(UInt64(segment.offset))))
      case .nothing:
        self.segment = segment
        return false
      case .endOfFile:
        // Announced bytes are missing: only a new connection can make sense of what comes next.
        throw ConnectionTrouble.lost("a file became shorter while it was sent")
      }
    }
    self.segment = nil
    return true
  }

  /// Puts the next things to say into the output; false where there is nothing for now.
  private func produce() throws -> Bool {
    try offerMore()
    if let tag = accepted.first { try producePiece(tag) }
    return !output.isEmpty
  }

  private func producePiece(_ tag: UInt32) throws {
    guard var sending = open[tag], let content = sending.content else {
      return removeAccepted(tag)
    }
    let limit = UInt64(max(1, min(SendConversation.piece, Int(connection.welcome.content))))
    let length = Int(min(limit, content.size - sending.offset))
    let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes.prefix(length))
    do {
      try content.read(into: bytes, at: sending.offset)
    } catch {
      return withdraw(tag, sending.file, error)
    }
    sending.digest?.add(UnsafeRawBufferPointer(bytes), at: sending.offset)
    let header = ContentHeader(
      tag: tag, offset: sending.offset, length: UInt32(length),
      crc: crc32c(UnsafeRawBufferPointer(bytes)))
    ClientMessage.content(header).encode(into: &output)
    segment = Segment(
      of: sending.file, content: content, offset: Int64(sending.offset), left: length)
    sending.offset += UInt64(length)
    open[tag] = sending
    if sending.offset == content.size { removeAccepted(tag) }
  }

  private func withdraw(_ tag: UInt32, _ file: FileToSend, _ error: any Error) {
    ClientMessage.withdraw(Withdrawal(tag: tag, why: "\(error)")).encode(into: &output)
    close(tag)
    error is Unsendable ? tell(.failed(file, why: "\(error)")) : tryAgain(file, "\(error)")
  }

  private func removeAccepted(_ tag: UInt32) { accepted.removeAll { $0 == tag } }

  func close(_ tag: UInt32) {
    removeAccepted(tag)
    if open.removeValue(forKey: tag)?.content != nil { largeOffered -= 1 }
  }

  func tryAgain(_ file: FileToSend, _ why: String) {
    file.failedTries += 1
    if file.failedTries >= SendConversation.tries {
      tell(.failed(file, why: "\(why), \(SendConversation.tries) times"))
    } else {
      queue.putBack(file, afterSeconds: 0.2)
    }
  }
}
