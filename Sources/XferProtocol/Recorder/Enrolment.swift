/// The request of a session to enrol a client by an invite. The recorder checks the proof, because
/// a session does not know the secrets of the invites.
package struct Enrolment: Equatable, Sendable {
  /// The request of the client.
  package let request: JoinRequest
  /// The identity of the client's key, which TLS has shown.
  package let client: Pin
  /// The identity of the receiver's key, as the session showed it to the client.
  package let receiver: Pin
  /// The random bytes of the receiver.
  package let receiverNonce: [UInt8]
  /// The proof of the client.
  package let proof: [UInt8]
  /// The address of the client.
  package let address: String

  /// Creates a request. `receiverNonce` has `JoinRequest.nonceSize` bytes, and `proof` has
  /// `JoinMessage.proofSize`.
  package init(
    request: JoinRequest, client: Pin, receiver: Pin, receiverNonce: [UInt8], proof: [UInt8],
    address: String
  ) {
    self.request = request
    self.client = client
    self.receiver = receiver
    self.receiverNonce = receiverNonce
    self.proof = proof
    self.address = address
  }

  func encode(into writer: inout WireWriter) {
    writer.write(bytes: request.value)
    for part in [client.bytes, receiver.bytes, receiverNonce, proof] { writer.write(raw: part) }
    writer.write(address)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard let request = JoinRequest(try reader.byteString()) else {
      throw WireError("invalid request to join")
    }
    self.request = request
    client = try reader.pin()
    receiver = try reader.pin()
    receiverNonce = Array(try reader.take(JoinRequest.nonceSize))
    proof = Array(try reader.take(JoinMessage.proofSize))
    address = try reader.string()
  }
}

/// A client with a key that is not enrolled. The recorder keeps it for the operator to accept.
package struct Knock: Equatable, Sendable {
  /// The identity of its key.
  package let pin: Pin
  /// Its program and version, as it says.
  package let agent: String
  /// Its address.
  package let address: String

  /// Creates a knock.
  package init(pin: Pin, agent: String, address: String) {
    self.pin = pin
    self.agent = agent
    self.address = address
  }

  func encode(into writer: inout WireWriter) {
    writer.write(raw: pin.bytes)
    writer.write(agent)
    writer.write(address)
  }

  init(from reader: inout WireReader) throws(WireError) {
    pin = try reader.pin()
    agent = try reader.peerText()
    address = try reader.string()
  }
}

extension WireReader {
  mutating func pin() throws(WireError) -> Pin {
    guard let pin = Pin(bytes: Array(try take(Pin.size))) else { throw WireError("invalid pin") }
    return pin
  }
}
