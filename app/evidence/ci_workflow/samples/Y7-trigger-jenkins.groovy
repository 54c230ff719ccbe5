// Jenkinsfile of the shop
@Library('shop') _
pipeline {
    agent any
    stages {
        stage('Build') {
            steps { sh 'docker build -t shop:${GIT_COMMIT} .' }
        }
        stage('Smoke test') {
            steps { sh './smoke.sh' }
        }
        stage('Deploy') {
            when { branch 'main' }
            steps { sh './deploy.sh production' }
        }
    }
}
