import XferIdentity
import XferProtocol

/// The result of the look at a client's key.
enum PeerIdentity {
  /// It has shown no key.
  case anonymous
  /// Its key, or the authority that signed its certificate, gives it this name and these rights.
  case client(EnrolledClient)
  /// It is a command on the receiver's own host, which has the receiver's own key.
  case host
  /// Its key is not enrolled.
  case stranger(Pin)
  /// It is enrolled and may not be served now.
  case barred(String)
}
