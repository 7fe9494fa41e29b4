import SystemPackage
import XferProtocol
import XferSystem

/// Offers files.
extension SendConversation {
  /// Small files are collected into one send of about this many bytes.
  private static let gathered = 256 * 1024
  /// The digest of files up to this size is always compared, because it costs almost nothing.
  private static let digested = 4096

  /// Appends offers to the output. Only one batch is sent before the receiver replies to the
  /// greeting, because a receiver that refuses the connection needs no more.
  func offerMore() throws {
    guard connection.isGreeted || open.isEmpty else { return }
    announceSet()
    while mayOffer, output.bytes.count < SendConversation.gathered,
      let file = run.queue.pop(mayAdvance: open.isEmpty && !run.receipts.hasUnread)
    {
      guard connection.isGreeted || !file.needsVersion3 else { return run.queue.putBack(file) }
      do {
        try offer(file)
      } catch is FileChanged {
        retry(file, because: "the file changes while it is read")
      } catch {
        handle(error, of: file)
      }
    }
  }

  private func handle(_ error: any Error, of file: FileToSend) {
    if let failure = error as? SystemFailure, failure.errno == .wouldBlock, run.report.mayWait {
      waitForLease(on: file)
    } else {
      run.report.note(.failed(file, why: "\(error)"))
    }
  }

  /// True if the window and the number of open files allow another offer.
  var mayOffer: Bool {
    let window = max(1, min(Int(connection.welcome.window), WireLimits.window))
    return open.count < window && largeOffered < run.largeAhead
  }

  /// Waits for another program that holds a lease on the file (fcntl(2), F_SETLEASE). The attempt
  /// to open the file makes the kernel ask that program to release it.
  private func waitForLease(on file: FileToSend) {
    run.report.note(
      .waiting(why: "\(file.path): another program holds a lease on it", pause: .seconds(1)))
    run.queue.putBack(file, after: .seconds(1))
  }

  private func offer(_ file: FileToSend) throws {
    if file.needsVersion3, connection.welcome.version < 3 { return try passOver(file) }
    switch file.kind {
    case .file: try offerFile(file)
    case .directory, .link: try offerWithoutContent(file)
    }
  }

  /// Reports a file that this receiver is too old for. A directory is made there with the files in
  /// it.
  private func passOver(_ file: FileToSend) throws {
    if file.kind == .directory { return run.report.note(.omitted(file)) }
    let what = file.kind == .link ? "symbolic links" : "such names: \(file.name.oddity ?? "")"
    throw Unsendable(
      "the receiver speaks version \(connection.welcome.version) of the protocol, which has no "
        + what)
  }

  private func offerWithoutContent(_ file: FileToSend) throws {
    let (status, kind) = try sources.properties(of: file)
    lastTag += 1
    let offer = Offer(
      tag: lastTag, id: id(of: file, as: status), size: 0, name: file.name, isEager: true,
      properties: FileAttributes(
        kind: kind, mode: file.kind == .link ? nil : status.mode, modified: status.modified))
    ClientMessage.offer(offer).encode(into: &output)
    file.noteBegin()
    open[lastTag] = OpenOffer(file: file, id: offer.id, status: status, kind: kind)
  }

  private func offerFile(_ file: FileToSend) throws {
    let content = try OutgoingFile(file, in: sources)
    file.size = content.size
    lastTag += 1
    let isSmall = content.size <= min(UInt64(connection.welcome.eager), WireLimits.eager)
    let offer = Offer(
      tag: lastTag, id: id(of: file, as: content.status), size: content.size, name: file.name,
      isEager: isSmall,
      properties: FileAttributes(mode: content.status.mode, modified: content.status.modified))
    var openOffer = OpenOffer(file: file, id: offer.id, status: content.status)
    if isSmall {
      openOffer.digest = try appendSmall(offer, content: content, file: file)
    } else {
      ClientMessage.offer(offer).encode(into: &output)
      largeOffered += 1
      openOffer.content = content
      if run.receipts.proof == .all { openOffer.digest = RunningDigest() }
    }
    open[lastTag] = openOffer
  }

  private func id(of file: FileToSend, as status: FileStatus) -> TransferID {
    file.replacementID(as: status)
      ?? TransferID(
        of: status, path: directories.path(of: file), name: file.name, machine: run.machine)
  }

  /// Appends the offer and the content of a small file to the output. Returns the digest; nil if it
  /// was not requested and the file is not tiny.
  private func appendSmall(
    _ offer: Offer, content: OutgoingFile, file: FileToSend
  ) throws -> RunningDigest? {
    let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes.prefix(Int(offer.size)))
    try content.read(into: bytes, at: 0)
    ClientMessage.offer(offer).encode(into: &output)
    file.noteBegin()
    let block = UnsafeRawBufferPointer(bytes)
    if !block.isEmpty { appendContent(block, of: offer, file: file) }
    guard run.receipts.proof != .none || block.count <= SendConversation.digested else {
      return nil
    }
    let digest = RunningDigest()
    digest.add(block, at: 0)
    return digest
  }

  private func appendContent(
    _ block: UnsafeRawBufferPointer, of offer: Offer, file: FileToSend
  ) {
    let header = ContentHeader(
      tag: offer.tag, offset: 0, length: UInt32(block.count), crc: crc32c(block))
    ClientMessage.content(header).encode(into: &output)
    output.write(raw: block)
    run.limit?.charge(block.count)
    sentBeforeGreeting.append((file, offer.size))
    if isGreetingReported { reportSent() }
  }
}
