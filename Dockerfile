# The controller's image. Agents and edges run on the hosts themselves, not in here.
# Build the jar first: mvn -B -DskipTests package
FROM eclipse-temurin:25-jre
RUN useradd --system --uid 10001 --home-dir /var/lib/slipway --create-home slipway
COPY target/slipway.jar /opt/slipway/slipway.jar
COPY target/lib /opt/slipway/lib
USER 10001
EXPOSE 8080 7400
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-Xmx256m", "-jar", "/opt/slipway/slipway.jar", "controller", "--bind", "0.0.0.0"]
