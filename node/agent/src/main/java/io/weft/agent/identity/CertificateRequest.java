package io.weft.agent.identity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;

/** A request for a certificate (PKCS #10, RFC 2986) for an elliptic-curve key, in DER. */
final class CertificateRequest {
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int UTF8_STRING = 0x0c;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int ATTRIBUTES = 0xa0;

    /** 2.5.4.3, the common name. */
    private static final byte[] COMMON_NAME = {0x06, 3, 0x55, 0x04, 0x03};

    /** 1.2.840.10045.4.3.2, ECDSA with SHA-256 (RFC 5758). */
    private static final byte[] ECDSA_WITH_SHA256 = {
        0x06, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x04, 0x03, 0x02
    };

    private CertificateRequest() {}

    /** The request in PEM. */
    static String pem(String host, KeyPair keys) throws GeneralSecurityException {
        byte[] name = tagged(
                SEQUENCE,
                tagged(SET, tagged(SEQUENCE, COMMON_NAME, tagged(UTF8_STRING, host.getBytes(StandardCharsets.UTF_8)))));
        byte[] information = tagged(
                SEQUENCE,
                tagged(INTEGER, new byte[] {0}),
                name,
                keys.getPublic().getEncoded(),
                tagged(ATTRIBUTES));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(information);
        byte[] request = tagged(
                SEQUENCE,
                information,
                tagged(SEQUENCE, ECDSA_WITH_SHA256),
                tagged(BIT_STRING, new byte[] {0}, signature.sign()));
        return Pem.encode("CERTIFICATE REQUEST", request);
    }

    private static byte[] tagged(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length < 128) {
            out.write(length);
        } else if (length < 256) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
