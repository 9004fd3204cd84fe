package io.weft.protocol;

import io.weft.model.IpAddress;
import java.util.List;

/** How a machine becomes a node: it shows a one-time token and gets a certificate. */
public final class Enrolment {
    private Enrolment() {}

    /**
     * What a machine asks. A renewal has an empty token.
     *
     * @param token the one-time token
     * @param host the name that the node is to have
     * @param csr a PKCS #10 request in PEM for a certificate of this name
     * @param tunnelAddresses where it receives VXLAN, at most one of each family
     */
    public record Request(String token, String host, String csr, List<IpAddress> tunnelAddresses) {
        public Request {
            tunnelAddresses = List.copyOf(tunnelAddresses);
        }

        /** Without the token, which is a secret. */
        @Override
        public String toString() {
            return "Request[host=" + host + ", tunnelAddresses=" + tunnelAddresses + "]";
        }
    }

    /**
     * What it is given.
     *
     * @param certificate its certificate in PEM
     * @param ca the certificates that it trusts, in PEM
     */
    public record Answer(String certificate, String ca) {}
}
