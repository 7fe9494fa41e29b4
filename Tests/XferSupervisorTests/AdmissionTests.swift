import Testing
import XferProtocol

@testable import XferSupervisor

@Suite("Admission bounds connections in total and per address")
struct AdmissionTests {
  @Test("A connection below the limits is served")
  func connectionBelowLimitsIsServed() {
    var admission = admission(connections: 2, perAddress: 2)
    #expect(admission.decide("a") == .serve)
    admission.enter("a", isServed: true)
    #expect(admission.decide("a") == .serve)
    #expect(admission.total == 1)
  }

  @Test("A connection above the total limit is refused as busy with a retry time")
  func connectionAboveTotalIsBusy() {
    var admission = admission(connections: 2, perAddress: 2)
    admission.enter("a", isServed: true)
    admission.enter("b", isServed: true)
    let refusal = refusal(admission.decide("c"))
    #expect(refusal?.reason == .busy)
    #expect(refusal?.retryAfter == 2)
  }

  @Test("An address above its own limit is refused while other addresses are served")
  func addressLimitSparesOtherAddresses() {
    var admission = admission(connections: 10, perAddress: 1)
    admission.enter("a", isServed: true)
    let refusal = refusal(admission.decide("a"))
    #expect(refusal?.reason == .tooManyFromAddress)
    #expect(refusal?.retryAfter == 2)
    #expect(refusal?.sentence.contains("a") == true)
    #expect(admission.decide("b") == .serve)
  }

  @Test("A connection is dropped without a reply when 64 refusals are in progress")
  func excessRefusalsAreDropped() {
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

  @Test("A connection that is being refused does not count against the limits")
  func refusalsDoNotCountAsConnections() {
    var admission = admission(connections: 2, perAddress: 1)
    admission.enter("a", isServed: true)
    for _ in 0..<10 { admission.enter("a", isServed: false) }
    #expect(admission.decide("b") == .serve)
    #expect(admission.total == 1)
  }

  @Test("A connection that ends frees its place in both limits")
  func endedConnectionFreesItsPlace() {
    var admission = admission(connections: 1, perAddress: 1)
    admission.enter("a", isServed: true)
    #expect(admission.decide("a") != .serve)
    admission.leave("a", wasServed: true)
    #expect(admission.decide("a") == .serve)
    #expect(admission.total == 0)
  }

  @Test("The default limits serve 512 connections, 256 from one address")
  func defaultLimitIs512Connections() {
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
