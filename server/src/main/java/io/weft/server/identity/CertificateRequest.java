package io.weft.server.identity;

import io.weft.server.identity.IdentityException.Reason;
import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/**
 * What a node asks to have certified (PKCS #10, RFC 2986), checked: it is signed by its own key, the key is strong, and
 * the name is that of a host. Extensions that it asks for are ignored.
 *
 * @param host the name
 * @param publicKey the key
 */
record CertificateRequest(String host, PublicKey publicKey) {
    private static final int MAX_CHARACTERS = 16_384;
    private static final Pattern HOST =
            Pattern.compile("(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9_-]{0,62})(\\.[a-zA-Z0-9]([a-zA-Z0-9_-]{0,62}))*");

    /** Whether this can be the name of a host: labels of letters, digits, '-' and '_', joined by dots. */
    static boolean isHost(String name) {
        return HOST.matcher(name).matches();
    }

    /**
     * Reads a request that must be for this host.
     *
     * @throws IdentityException {@link Reason#INVALID}
     */
    static CertificateRequest parse(String host, String pem) {
        if (!isHost(host)) {
            throw invalid("'" + host + "' is no name of a host");
        }
        if (pem.length() > MAX_CHARACTERS) {
            throw invalid("the request for a certificate is too long");
        }
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            if (!(parser.readObject() instanceof PKCS10CertificationRequest parsed)) {
                throw invalid("there is no request for a certificate (PKCS #10 in PEM)");
            }
            JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(parsed);
            PublicKey publicKey = request.getPublicKey();
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(publicKey))) {
                throw invalid("the request for a certificate is not signed by its own key");
            }
            requireStrong(publicKey);
            RDN[] names = request.getSubject().getRDNs(BCStyle.CN);
            if (names.length != 1
                    || !IETFUtils.valueToString(names[0].getFirst().getValue()).equals(host)) {
                throw invalid("the request for a certificate is not for host " + host);
            }
            return new CertificateRequest(host, publicKey);
        } catch (IOException
                | GeneralSecurityException
                | OperatorCreationException
                | PKCSException
                | IllegalArgumentException
                | ClassCastException e) {
            throw new IdentityException(Reason.INVALID, "the request for a certificate cannot be read", e);
        }
    }

    private static void requireStrong(PublicKey key) {
        boolean strong = switch (key) {
            case ECPublicKey ec -> ec.getParams().getCurve().getField().getFieldSize() >= 256;
            case RSAPublicKey rsa -> rsa.getModulus().bitLength() >= 2048;
            case EdECPublicKey _ -> true;
            default -> false;
        };
        if (!strong) {
            throw invalid("the key must be EC of at least 256 bits, Ed25519, or RSA of at least 2048 bits");
        }
    }

    private static IdentityException invalid(String message) {
        return new IdentityException(Reason.INVALID, message);
    }
}
