import Testing
import XferProtocol

@testable import XferSupervisor

@Suite("Admission of connections")
struct AdmissionTests {
  @Test("A connection is served below the limits")
  func connectionIsServedBelowLimits() {
    var admission = admission(connections: 2, perAddress: 2)
    #expect(admission.decide("a") == .serve)
    admission.enter("a", isServed: true)
    #expect(admission.decide("a") == .serve)
    #expect(admission.total == 1)
  }

  @Test("Above the limit in all, a connection is refused as busy, with a time to retry")
  func aboveLimitInAll() {
    var admission = admission(connections: 2, perAddress: 2)
    admission.enter("a", isServed: true)
    admission.enter("b", isServed: true)
    let refusal = refusal(admission.decide("c"))
    #expect(refusal?.reason == .busy)
    #expect(refusal?.retryAfter == 2)
  }

  @Test("Above the limit of its address, a connection is refused, while other addresses are served")
  func tooManyFromAddress() {
    var admission = admission(connections: 10, perAddress: 1)
    admission.enter("a", isServed: true)
    let refusal = refusal(admission.decide("a"))
    #expect(refusal?.reason == .tooManyFromAddress)
    #expect(refusal?.retryAfter == 2)
    #expect(refusal?.sentence.contains("a") == true)
    #expect(admission.decide("b") == .serve)
  }

  @Test("Far above the limit, a connection is dropped without a reply")
  func farAboveLimit() {
    var admission = admission(connections: 1, perAddress: 1000)
    admission.enter("a", isServed: true)
    for _ in 0..<Admission.Limits.courtesy {
      #expect(refusal(admission.decide("b")) != nil)
      admission.enter("b", isServed: false)
    }
    #expect(admission.decide("b") == .drop)
    admission.leave("b", wasServed: false)
    #expect(refusal(admission.decide("b")) != nil)
  }

  @Test("Connections that are being refused do not count against the limits")
  func connectionsThatAreBeingRefusedDoNotCountAgainst() {
    var admission = admission(connections: 2, perAddress: 1)
    admission.enter("a", isServed: true)
    for _ in 0..<10 { admission.enter("a", isServed: false) }
    #expect(admission.decide("b") == .serve)
    #expect(admission.total == 1)
  }

  @Test("A connection that ends makes room, in all and for its address")
  func connectionThatEndsMakesRoom() {
    var admission = admission(connections: 1, perAddress: 1)
    admission.enter("a", isServed: true)
    #expect(admission.decide("a") != .serve)
    admission.leave("a", wasServed: true)
    #expect(admission.decide("a") == .serve)
    #expect(admission.total == 0)
  }

  @Test("The defaults serve 512 connections, 256 from one address")
  func defaultsServe512Connections() {
    var admission = Admission(Admission.Limits())
    for number in 0..<512 {
      #expect(admission.decide("\(number % 2)") == .serve)
      admission.enter("\(number % 2)", isServed: true)
    }
    #expect(refusal(admission.decide("2"))?.reason == .busy)
  }

  private func admission(connections: Int, perAddress: Int) -> Admission {
    var limits = Admission.Limits()
    limits.connections = connections
    limits.perAddress = perAddress
    return Admission(limits)
  }

  private func refusal(_ decision: AdmissionDecision) -> Refusal? {
    if case .refuse(let refusal) = decision { refusal } else { nil }
  }
}
