import XferRecorder
import XferSession
import XferStats
import XferStorage
import XferSupervisor

/// The settings as the options of each process.
extension Settings {
  var supervisorOptions: Supervisor.Options {
    var options = Supervisor.Options()
    options.limits = limits
    options.drainSeconds = drain
    return options
  }

  func recorderOptions(_ data: DataDirectory) -> RecorderOptions {
    var options = RecorderOptions(data: data, durability: durability, keepPartial: keepPartial)
    options.reserve = Int64(clamping: reserve)
    options.keepFailed = keepFailed
    options.keepHistory = keepHistory
    return options
  }

  func statsOptions(_ data: DataDirectory) -> StatsServer.Options {
    StatsServer.Options(endpoint: http, databasePath: data.databasePath, patience: stallTimeout)
  }

  func sessionOptions(_ data: DataDirectory) -> SessionOptions {
    var options = SessionOptions(data: data, durability: durability)
    options.digest = digest
    options.largestFile = largestFile
    options.reserve = Int64(clamping: reserve)
    options.partials = partials
    options.minRate = minRate
    options.headerTimeout = .seconds(headerTimeout)
    options.stallTimeout = .seconds(stallTimeout)
    options.idleTimeout = .seconds(idleTimeout)
    return options
  }
}
