import NIOCore
import NIOEmbedded
import NIOSSL
