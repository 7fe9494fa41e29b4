import Glibc
import Testing
import XferSystem

@Suite("The variables of a service manager are read as sd_listen_fds(3) says")
struct ServiceVariablesTests {
  private static let pid: pid_t = 4711

  private func sockets(_ environment: [String: String]) throws -> [String] {
    try ServiceVariables(environment, pid: ServiceVariablesTests.pid).sockets
      .map { "\($0.descriptor) \($0.name)" }
  }

  @Test("Sockets have the numbers from 3 on and the names that the manager gives")
  func socketsAreNumbered() throws {
    let environment = [
      "LISTEN_PID": "4711", "LISTEN_FDS": "3", "LISTEN_FDNAMES": "listen:http:",
    ]
    #expect(try sockets(environment) == ["3 listen", "4 http", "5 "])
  }

  @Test("Sockets without names are taken, too")
  func namesMayBeMissing() throws {
    #expect(try sockets(["LISTEN_PID": "4711", "LISTEN_FDS": "1"]) == ["3 "])
  }

  @Test("Sockets and watchdogs of another process are left alone")
  func otherProcessesAreLeftAlone() throws {
    #expect(try sockets(["LISTEN_PID": "4712", "LISTEN_FDS": "x"]) == [])
    #expect(try sockets(["LISTEN_FDS": "1"]) == [])
    let watched = ["WATCHDOG_PID": "4712", "WATCHDOG_USEC": "1000"]
    #expect(try ServiceVariables(watched, pid: ServiceVariablesTests.pid).watchdog == nil)
  }

  @Test("A number of sockets that is none is refused", arguments: ["", "-1", "3x", "9999999999"])
  func invalidNumberIsRefused(text: String) throws {
    #expect(throws: UnusableSocket.self) {
      try sockets(["LISTEN_PID": "4711", "LISTEN_FDS": text])
    }
  }

  @Test(
    "The watchdog's time is in microseconds, with or without the process",
    arguments: [("200000", Duration.milliseconds(200)), ("0", nil), ("x", nil)])
  func watchdogIsRead(text: String, time: Duration?) throws {
    for environment in [
      ["WATCHDOG_USEC": text], ["WATCHDOG_USEC": text, "WATCHDOG_PID": "4711"],
    ] {
      #expect(try ServiceVariables(environment, pid: ServiceVariablesTests.pid).watchdog == time)
    }
  }

  @Test("They are gone from the environment after they were read")
  func variablesAreRemoved() async {
    await #expect(processExitsWith: .success) {
      let names = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC"]
      for name in names { setenv(name, "1", 1) }
      setenv("LISTEN_PID", "\(getpid())", 1)
      let found = try ServiceVariables.take()
      #expect(found.sockets.count == 1 && found.notifySocket == "1")
      for name in names { #expect(getenv(name) == nil) }
    }
  }

  @Test(
    "A message to an invalid address is refused before it is sent",
    arguments: ["", "@", "relative", "vsock:2:1", "/" + String(repeating: "x", count: 200)])
  func invalidAddressIsRefused(address: String) {
    #expect(throws: SystemFailure.self) { try NotifySocket(connectingTo: address) }
  }
}
