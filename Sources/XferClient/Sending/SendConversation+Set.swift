import XferProtocol
import XferSystem

/// The set of the run: its list, and the claim that it is complete.
extension SendConversation {
  /// Appends the list of files to the output, once in a run.
  func announceSet() {
    guard let set = run.set, connection.isGreeted, !set.isOver else { return }
    guard connection.welcome.version >= 3 else { return passOver(set) }
    for part in set.takeAnnouncement() {
      ClientMessage.announce(part).encode(into: &output)
    }
  }

  /// Claims the set if each file has its receipt. Returns true while the reply is due.
  func claimSet() -> Bool {
    guard let set = run.set, set.isReady else { return false }
    if claim == nil, set.mayClaim {
      lastTag += 1
      claim = lastTag
      ClientMessage.complete(SetClaim(tag: lastTag, totals: set.totals)).encode(into: &output)
    }
    return true
  }

  /// Takes the receipt of the set.
  func take(_ receipt: SetReceipt, for tag: UInt32) {
    guard tag == claim, let set = run.set else { return }
    claim = nil
    guard receipt.set.id == set.reference.id, receipt.totals == set.totals else {
      return endSet(because: "the receiver sent a receipt for another set")
    }
    set.end()
    run.report.note(.completed(receipt))
  }

  /// Takes a refusal of the set: waits, offers all files again, or gives up.
  func take(_ refusal: Refusal, forSetOf set: SetDelivery) {
    claim = nil
    if refusal.reason == .incomplete {
      takeIncomplete(because: "\(refusal)", set)
    } else if let seconds = refusal.retryAfter, run.report.mayWait {
      set.wait(.seconds(Int64(max(seconds, 1))))
    } else {
      endSet(because: "\(refusal)")
    }
  }

  /// Offers all files again. The receiver knows a client without an identity by its address, so that
  /// a run over two addresses makes two sets of which none is complete. That is no failure unless the
  /// user has named the set.
  private func takeIncomplete(because why: String, _ set: SetDelivery) {
    if set.isRequired || connection.welcome.client != nil, let files = set.restart() {
      run.report.note(.waiting(why: "the set: \(why)", pause: .zero))
      for file in files { run.queue.putBack(file) }
    } else if set.isRequired {
      endSet(because: why)
    } else {
      set.end()
      run.report.note(.waiting(why: "the set stays incomplete: \(why)", pause: .zero))
    }
  }

  /// Ends a set that the receiver is too old for. Only a set that the user has named is missed.
  private func passOver(_ set: SetDelivery) {
    guard !set.isRequired else {
      return endSet(because: "the receiver is older than sets; install a newer xferd there")
    }
    set.end()
  }

  private func endSet(because why: String) {
    run.set?.end()
    run.report.note(.incomplete(why: why))
  }
}
