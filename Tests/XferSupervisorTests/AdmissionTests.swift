import Testing
import XferProtocol
import XferSystem

@testable import XferSupervisor

@Suite("Admission bounds connections in total and per address")
struct AdmissionTests {
  private let now = MonotonicTime(nanoseconds: 1_000_000_000_000)

  @Test("A connection below the limits is served")
  func connectionBelowLimitsIsServed() {
    var admission = admission(connections: 2, perAddress: 2)
    #expect(admission.decide("a", now: now) == .serve)
    admission.enter("a", isServed: true)
    #expect(admission.decide("a", now: now) == .serve)
    #expect(admission.total == 1)
  }

  @Test("A connection above the total limit is refused as busy with a retry time")
  func connectionAboveTotalIsBusy() {
    var admission = admission(connections: 2, perAddress: 2)
    admission.enter("a", isServed: true)
    admission.enter("b", isServed: true)
    let refusal = refusal(admission.decide("c", now: now))
    #expect(refusal?.reason == .busy)
    #expect(refusal?.retryAfter == 2)
  }

  @Test("An address above its own limit is refused while other addresses are served")
  func addressLimitSparesOtherAddresses() {
    var admission = admission(connections: 10, perAddress: 1)
    admission.enter("a", isServed: true)
    let refusal = refusal(admission.decide("a", now: now))
    #expect(refusal?.reason == .tooManyFromAddress)
    #expect(refusal?.retryAfter == 2)
    #expect(refusal?.sentence.contains("a") == true)
    #expect(admission.decide("b", now: now) == .serve)
  }

  @Test("A connection is dropped without a reply when 64 refusals are in progress")
  func excessRefusalsAreDropped() {
    var admission = admission(connections: 1, perAddress: 1000)
    admission.enter("a", isServed: true)
    for _ in 0..<Admission.Limits.courtesy {
      #expect(refusal(admission.decide("b", now: now)) != nil)
      admission.enter("b", isServed: false)
    }
    #expect(admission.decide("b", now: now) == .drop)
    admission.leave("b", wasServed: false)
    #expect(refusal(admission.decide("b", now: now)) != nil)
  }

  @Test("A connection that is being refused does not count against the limits")
  func refusalsDoNotCountAsConnections() {
    var admission = admission(connections: 2, perAddress: 1)
    admission.enter("a", isServed: true)
    for _ in 0..<10 { admission.enter("a", isServed: false) }
    #expect(admission.decide("b", now: now) == .serve)
    #expect(admission.total == 1)
  }

  @Test("A connection that ends frees its place in both limits")
  func endedConnectionFreesItsPlace() {
    var admission = admission(connections: 1, perAddress: 1)
    admission.enter("a", isServed: true)
    #expect(admission.decide("a", now: now) != .serve)
    admission.leave("a", wasServed: true)
    #expect(admission.decide("a", now: now) == .serve)
    #expect(admission.total == 0)
  }

  @Test("The default limits serve 512 connections, 256 from one address")
  func defaultLimitIs512Connections() {
    var admission = Admission(Admission.Limits())
    for number in 0..<512 {
      #expect(admission.decide("\(number % 2)", now: now) == .serve)
      admission.enter("\(number % 2)", isServed: true)
    }
    #expect(refusal(admission.decide("2", now: now))?.reason == .busy)
  }

  @Test("An address that comes too fast is dropped without a fork, and others are served")
  func fastAddressIsDropped() {
    var admission = Admission(Admission.Limits())
    var served = 0
    for _ in 0..<10_000 where admission.decide("flood", now: now) == .serve {
      served += 1
      admission.enter("flood", isServed: true)
      admission.leave("flood", wasServed: true)
    }
    #expect(served == 2000)
    #expect(admission.decide("other", now: now) == .serve)
    #expect(admission.decide("flood", now: now + .seconds(1)) == .serve)
  }

  @Test("An address whose sessions end without a greeting gets no more of them for a while")
  func silentAddressIsDropped() {
    var admission = Admission(Admission.Limits())
    for _ in 0..<39 { admission.noteSilence("silent", now: now) }
    #expect(admission.decide("silent", now: now) == .serve)
    admission.noteSilence("silent", now: now)
    #expect(admission.decide("silent", now: now) == .drop)
    #expect(admission.decide("other", now: now) == .serve)
    #expect(admission.decide("silent", now: now + .seconds(1)) == .serve)
  }

  @Test("An address of an enrolled client bears ten times as many silent ones, for a day")
  func addressOfEnrolledClientBearsMore() {
    var admission = Admission(Admission.Limits())
    for _ in 0..<40 { admission.noteSilence("nat", now: now) }
    #expect(admission.decide("nat", now: now) == .drop)
    admission.noteEnrolled("nat", now: now)
    for _ in 0..<399 { admission.noteSilence("nat", now: now) }
    #expect(admission.decide("nat", now: now) == .serve)
    admission.noteSilence("nat", now: now)
    #expect(admission.decide("nat", now: now) == .drop)
    #expect(admission.decide("nat", now: now + .milliseconds(25)) == .serve)
    let evening = now + .seconds(86_399)
    for _ in 0..<399 { admission.noteSilence("nat", now: evening) }
    #expect(admission.decide("nat", now: evening) == .serve)
    let later = now + .seconds(86_401)
    for _ in 0..<40 { admission.noteSilence("nat", now: later) }
    #expect(admission.decide("nat", now: later) == .drop)
  }

  @Test("A client that comes from ever-new networks fills no memory, and the newest ones count")
  func networksOfEnrolledClientsAreBounded() {
    var networks = RecentNetworks()
    for number in 0...RecentNetworks.most {
      networks.note("\(number)", now: now + .milliseconds(number))
    }
    let end = now + .milliseconds(RecentNetworks.most)
    #expect(!networks.contains("0", now: end))
    #expect(networks.contains("1", now: end))
    #expect(networks.contains("\(RecentNetworks.most)", now: end))
  }

  @Test("All addresses together are served at the rate of all")
  func allAddressesHaveARate() {
    var limits = Admission.Limits()
    limits.newPerSecond = 10
    var admission = Admission(limits)
    let served = (0..<100).filter { admission.decide("\($0)", now: now) == .serve }
    #expect(served.count == 20)
  }

  @Test("Replies to refused connections have a rate, because each costs a fork")
  func refusalsHaveARate() {
    var admission = admission(connections: 1, perAddress: 1)
    admission.enter("a", isServed: true)
    let answered = (0..<1000).filter { _ in refusal(admission.decide("b", now: now)) != nil }
    #expect(answered.count == 80)
    #expect(refusal(admission.decide("c", now: now)) != nil)
  }

  @Test("An address with its share does not get the last places while others come")
  func lastPlacesAreForOthers() {
    var admission = admission(connections: 100, perAddress: 90)
    var others = 0
    for _ in 0..<90 where admission.decide("greedy", now: now) == .serve {
      admission.enter("greedy", isServed: true)
    }
    #expect(admission.total == 90)
    for number in 0..<10 where admission.decide("\(number)", now: now) == .serve {
      admission.enter("\(number)", isServed: true)
      others += 1
    }
    #expect(others == 10)
    // A place that the greedy address gives up goes to another one.
    admission.leave("greedy", wasServed: true)
    #expect(refusal(admission.decide("greedy", now: now))?.reason == .busy)
    #expect(admission.decide("late", now: now) == .serve)
  }

  @Test("A single address may have all places that its own limit allows")
  func singleAddressHasAllPlaces() {
    var admission = admission(connections: 100, perAddress: 100)
    for _ in 0..<100 {
      #expect(admission.decide("a", now: now) == .serve)
      admission.enter("a", isServed: true)
    }
  }

  @Test("The address of a trusted proxy has no limit of its own")
  func proxyHasNoLimit() {
    var admission = admission(connections: 10, perAddress: 1)
    for _ in 0..<10 {
      #expect(admission.decide(nil, now: now) == .serve)
      admission.enter(nil, isServed: true)
    }
    #expect(refusal(admission.decide(nil, now: now))?.reason == .busy)
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
