import Foundation
import Testing

@Suite("The stats process answers over HTTP", .timeLimit(.minutes(20)))
struct StatsTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test("The page /stats and xferctl stats show the same figures")
  func statsPageMatchesXferctl() async throws {
    let file = try directory.file("f", bytes: 2048)
    try await withReceiver { receiver in
      _ = try await receiver.send(file)
      _ = try await receiver.send(try directory.file("g", bytes: 1), "--as", "f")
      let page = try await receiver.page("/stats")
      #expect(page.status == 200)
      for part in [
        "xfer receiver, ready", "Up since", "Sessions now  0", "In all", "Last minute", "Last hour",
        "exists  1", "127.0.0.1", "2.0 KiB", "failed: exists",
      ] { #expect(page.body.contains(part), "\(part)") }
      let asked = try await Programs.xferctl("stats", "--server", receiver.server)
      #expect(asked.status == 0 && asked.out.contains("exists  1"))
    }
  }

  @Test("The page /metrics has counters in the text format of Prometheus")
  func metricsUsePrometheusFormat() async throws {
    let file = try directory.file("f", bytes: 2048)
    try await withReceiver { receiver in
      _ = try await receiver.send(file)
      let metrics = try await receiver.page("/metrics").body
      #expect(metrics.contains("\nxfer_transfers_completed_total 1\n"))
      #expect(metrics.contains("\nxfer_completed_bytes_total 2048\n"))
      #expect(metrics.contains("\nxfer_transfer_failures_total{reason=\"exists\"} 0\n"))
      let samples = metrics.split(separator: "\n").filter { !$0.hasPrefix("#") }
      #expect(samples.allSatisfy { Double($0.split(separator: " ").last ?? "") != nil })
    }
  }

  @Test(
    "The pages /healthz and /readyz answer 200, and an unknown path 404")
  func healthPagesAnswer200() async throws {
    try await withReceiver { receiver in
      for (path, status) in [("/healthz", 200), ("/readyz", 200), ("/nothing", 404)] {
        let page = try await receiver.page(path)
        #expect(page.status == status, "\(path)")
      }
    }
  }

  @Test("The page /history answers rows as JSON")
  func historyPageIsJSON() async throws {
    let file = try directory.file("f", bytes: 2048)
    try await withReceiver { receiver in
      _ = try await receiver.send(file)
      let body = try await receiver.page("/history?limit=5").body
      let rows = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [[String: Any]]
      #expect(rows?.first?["name"] as? String == "f")
    }
  }
}
