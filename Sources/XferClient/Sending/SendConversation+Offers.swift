import SystemPackage
import XferProtocol
import XferSystem

/// What is offered, and when.
extension SendConversation {
  /// Offers of large files that wait for their acceptance or their turn; each holds a file open.
  private static let largeAhead = 16
  /// Small files are gathered into one send of about this many bytes.
  private static let gathered = 256 * 1024
  /// Of files of this many bytes at the most the digest is always compared: it costs nearly nothing.
  private static let digested = 4096

  /// One batch goes out with the greeting; a receiver that refuses the connection gets no more.
  func offerMore() throws {
    guard connection.isGreeted || open.isEmpty else { return }
    while mayOffer,
      output.bytes.count < SendConversation.gathered, let file = queue.pop()
    {
      do {
        try offer(file)
      } catch is FileChanged {
        tryAgain(file, "the file changes while it is read")
      } catch let failure as SystemFailure where failure.errno == .wouldBlock && mayWait() {
        waitForLease(file)
      } catch {
        tell(.failed(file, why: "\(error)"))
      }
    }
  }

  /// Whether one more may be offered; nothing behind the first batch before the greeting.
  var mayOffer: Bool {
    let window = max(1, min(Int(connection.welcome.window), WireLimits.window))
    return open.count < window && largeOffered < SendConversation.largeAhead
  }

  /// Another program has the file to itself for now (fcntl(2), F_SETLEASE), and is told to let go.
  private func waitForLease(_ file: FileToSend) {
    tell(.waiting(why: "\(file.path): another program holds it by a lease", seconds: 1))
    queue.putBack(file, afterSeconds: 1)
  }

  private func offer(_ file: FileToSend) throws {
    let content = try OutgoingFile(file, sources)
    file.size = content.size
    lastTag += 1
    let isSmall = content.size <= min(UInt64(connection.welcome.eager), WireLimits.eager)
    let offer = Offer(
      tag: lastTag, id: file.freshID(as: content.status) ?? id(of: file, content.status),
      size: content.size,
      name: file.name, isEager: isSmall, modified: content.status.modified,
      mode: content.status.mode)
    var sending = Sending(file: file, id: offer.id, status: content.status)
    if isSmall {
      sending.digest = try gather(offer, content, of: file)
    } else {
      ClientMessage.offer(offer).encode(into: &output)
      largeOffered += 1
      sending.content = content
      if receipts.proof == .all { sending.digest = PassingDigest() }
    }
    open[lastTag] = sending
  }

  private func id(of file: FileToSend, _ status: FileStatus) -> TransferID {
    TransferID(of: status, path: directories.path(of: file), name: file.name, machine: machine)
  }

  /// A small file: the offer, the header and the content, one behind the other. Returns its digest, unless
  /// that would cost too much.
  private func gather(_ offer: Offer, _ content: OutgoingFile, of file: FileToSend) throws
    -> PassingDigest?
  {
    let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes.prefix(Int(offer.size)))
    try content.read(into: bytes, at: 0)
    ClientMessage.offer(offer).encode(into: &output)
    let piece = UnsafeRawBufferPointer(bytes)
    if !piece.isEmpty { gather(piece, offer, of: file) }
    guard receipts.proof != .none || piece.count <= SendConversation.digested else { return nil }
    let digest = PassingDigest()
    digest.add(piece, at: 0)
    return digest
  }

  private func gather(_ piece: UnsafeRawBufferPointer, _ offer: Offer, of file: FileToSend) {
    let header = ContentHeader(
      tag: offer.tag, offset: 0, length: UInt32(piece.count), crc: crc32c(piece))
    ClientMessage.content(header).encode(into: &output)
    output.write(raw: piece)
    sentUnheard.append((file, offer.size))
    if isGreetingTold { tellSent() }
  }
}
