import Foundation
import Testing

/// Makes a history with many rows and without transfers.
enum LongHistory {
  /// Makes a data directory with that number of rows, and names of that length.
  static func make(_ data: String, rows: Int, nameBytes: Int) async throws {
    try await withReceiver(data: data) { _ in }
    let sql = """
      WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < \(rows))
      INSERT INTO transfer (transfer_id, client_ip, name, size, started_at, finished_at, status, protocol)
      SELECT randomblob(16), '10.1.0.' || (n % 7),
        substr(n || '/' || printf('%.*c', \(nameBytes), 'a'), 1, \(nameBytes)), 1000,
        1700000000000000 + n, 1700000000000001 + n, 1, 1 FROM number;
      INSERT INTO segment SELECT id >> 14, min(finished_at), max(finished_at)
      FROM transfer GROUP BY id >> 14;
      """
    let outcome = try await Programs.run(
      "/usr/bin/env", ["sqlite3", data + "/history.sqlite", sql])
    #expect(outcome.status == 0, "\(outcome.err)")
  }
}
