package io.weft.agent.identity;

import io.weft.agent.sync.AtomicFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A node's key, its certificate and the authorities that it trusts.
 *
 * @param key the private key
 * @param certificate what the server has made of it
 * @param authorities whose certificates the node trusts; at least one
 */
record Identity(PrivateKey key, X509Certificate certificate, List<X509Certificate> authorities) {
    private static final char[] NO_PASSWORD = new char[0];

    Identity {
        authorities = List.copyOf(authorities);
        if (authorities.isEmpty()) {
            throw new IllegalArgumentException("a node trusts some authority");
        }
    }

    /** Reads a node's file; empty when there is none. */
    static Optional<Identity> load(Path file) throws IOException, GeneralSecurityException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file);
        List<byte[]> keys = Pem.decode("PRIVATE KEY", text);
        List<X509Certificate> certificates = certificates(text);
        if (keys.size() != 1 || certificates.size() < 2) {
            throw new GeneralSecurityException(file + " holds no key with its certificate and an authority");
        }
        PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(keys.getFirst()));
        return Optional.of(new Identity(key, certificates.getFirst(), certificates.subList(1, certificates.size())));
    }

    static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (byte[] der : Pem.decode("CERTIFICATE", pem)) {
            certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
        }
        return certificates;
    }

    /** Writes all of it as one file that only its owner reads; after a crash it is the old or the new one. */
    void save(Path file) throws IOException, GeneralSecurityException {
        StringBuilder text = new StringBuilder(Pem.encode("PRIVATE KEY", key.getEncoded()));
        text.append(Pem.encode("CERTIFICATE", certificate.getEncoded()));
        for (X509Certificate authority : authorities) {
            text.append(Pem.encode("CERTIFICATE", authority.getEncoded()));
        }
        AtomicFile.write(file, out -> out.write(text.toString().getBytes(StandardCharsets.US_ASCII)));
    }

    /** For mutual TLS with any server of the installation. */
    SSLContext tls() throws GeneralSecurityException, IOException {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, NO_PASSWORD);
        own.setKeyEntry("node", key, NO_PASSWORD, new X509Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusting(authorities).getTrustManagers(), null);
        return context;
    }

    static TrustManagerFactory trusting(List<X509Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, NO_PASSWORD);
        for (int i = 0; i < authorities.size(); i++) {
            trusted.setCertificateEntry("authority" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "Identity[" + certificate.getSubjectX500Principal() + " until " + certificate.getNotAfter() + "]";
    }
}
