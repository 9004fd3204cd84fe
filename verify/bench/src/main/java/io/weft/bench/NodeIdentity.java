package io.weft.bench;

import io.weft.model.IpAddress;
import io.weft.protocol.Enrolment;
import io.weft.protocol.ReportCodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A simulated node that has enrolled.
 *
 * @param host its name
 * @param sockets makes connections in which it shows its certificate
 */
record NodeIdentity(String host, SSLSocketFactory sockets) {
    /** All simulated nodes have one key: making a thousand would measure nothing of the server. */
    private static final KeyPair PAIR = pair();

    private static final char[] NO_PASSWORD = {};

    /** Enrols a node by a token of its own, as an agent does. */
    static NodeIdentity enrol(URI agents, HttpConnection api, String host, IpAddress tunnel) {
        try {
            String answer = api.expect(200, "POST", "/weft/v1/tokens", "{\"host\":\"" + host + "\"}")
                    .text();
            String token = text(answer, "token");
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Fingerprint(token.substring(token.lastIndexOf('.') + 1))}, null);
            try (HttpConnection connection = HttpConnection.open(context.getSocketFactory(), agents, "")) {
                connection.expect(
                        200,
                        "POST",
                        "/v1/enrol",
                        ReportCodec.encode(new Enrolment.Request(token, host, csr(host), List.of(tunnel))));
                Enrolment.Answer given =
                        ReportCodec.decodeEnrolmentAnswer(connection.text().getBytes(StandardCharsets.UTF_8));
                return new NodeIdentity(host, factory(given));
            }
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("node " + host + " could not enrol", e);
        }
    }

    private static String text(String json, String name) {
        int from = json.lastIndexOf("\"" + name + "\":\"") + name.length() + 4;
        return json.substring(from, json.indexOf('"', from));
    }

    private static String csr(String host) throws OperatorCreationException, IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=" + host), PAIR.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(PAIR.getPrivate())));
        }
        return text.toString();
    }

    private static SSLSocketFactory factory(Enrolment.Answer given) throws GeneralSecurityException, IOException {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                "node",
                PAIR.getPrivate(),
                NO_PASSWORD,
                certificates(given.certificate()).toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, NO_PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (Certificate certificate : certificates(given.ca())) {
            trusted.setCertificateEntry("ca" + trusted.size(), certificate);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private static List<Certificate> certificates(String pem) throws CertificateException {
        return List.copyOf(CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Trusts the server whose authority the token names. */
    private record Fingerprint(String wanted) implements X509TrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(chain[chain.length - 1].getEncoded());
                if (!Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(hash)
                        .equals(wanted)) {
                    throw new CertificateException("the server is of another installation");
                }
                for (int i = 0; i < chain.length - 1; i++) {
                    chain[i].verify(chain[i + 1].getPublicKey());
                }
            } catch (GeneralSecurityException e) {
                throw new CertificateException(e);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("there are no clients");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
