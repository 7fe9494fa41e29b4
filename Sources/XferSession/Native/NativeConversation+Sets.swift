import Logging
import XferProtocol

/// The set to which the files of the connection belong: its list, and its completion.
extension NativeConversation {
  /// Hands a part of the list of files to the recorder. No answer is due, so that a part which is
  /// not kept is passed over.
  func announce(_ part: Announcement) {
    guard let set, part.isInBounds, (try? intake.checkRights()) != nil else { return }
    _ = context.recorder.ask {
      .announce(
        ticket: $0,
        AnnouncedPart(
          set: set, client: context.client, part: part, prefix: context.rights.prefix))
    }
  }

  /// Asks the recorder to complete the set.
  func complete(_ claim: SetClaim) {
    guard let set else { return }
    do {
      try intake.checkRights()
    } catch {
      return client.say(.refusal(tag: claim.tag, error))
    }
    let ticket = context.recorder.ask {
      .complete(
        ticket: $0, SetCompletion(set: set, client: context.client, totals: claim.totals))
    }
    claims[ticket] = claim.tag
  }

  /// Answers the claim that a reply of the recorder is for. Returns false if the reply is to another
  /// request.
  func answerClaim(_ reply: RecorderReply) -> Bool {
    guard let tag = claims.removeValue(forKey: reply.ticket) else { return false }
    switch reply {
    case .completed(_, let receipt):
      client.say(.completed(tag: tag, receipt))
      context.log.info("completed a set", metadata: receipt.details)
    case .refusal(_, let refusal):
      client.say(.refusal(tag: tag, refusal))
      context.log.notice(
        "a set is not complete: \(refusal.sentence)",
        metadata: ["set": "\(set?.id.description ?? "")"])
    case .receipt, .done, .enrolled: client.say(.refusal(tag: tag, .recorderNotReady))
    }
    return true
  }
}

extension SetReceipt {
  /// The fields of the log line.
  fileprivate var details: [String: Logger.MetadataValue] {
    [
      "set": "\(set.id)", "name": "\(set.name)", "files": .stringConvertible(totals.files),
      "others": .stringConvertible(totals.others), "bytes": .stringConvertible(totals.bytes),
      "sha256": "\(totals.digest)",
    ]
  }
}
