package io.weft.vrouter;

import io.weft.model.IpAddress;
import java.nio.ByteBuffer;

/**
 * How packets leave a routing domain by one of several gateways.
 *
 * @param gateway the gateway
 * @param nextHop the IPv4 router outside that knows the way on, or 0.0.0.0 for none
 * @param mtu the external network's
 */
public record FurtherGateway(DomainGateway gateway, IpAddress nextHop, int mtu) {
    static final Codec<FurtherGateway> CODEC = new Codec<>(36, FurtherGateway::write, FurtherGateway::read);

    private static void write(FurtherGateway further, ByteBuffer out) {
        DomainGateway.write(further.gateway, out);
        Codec.putIpv4(out, further.nextHop);
        out.putInt(further.mtu);
    }

    private static FurtherGateway read(ByteBuffer in) {
        return new FurtherGateway(DomainGateway.read(in), Codec.getIpv4(in), in.getInt());
    }
}
